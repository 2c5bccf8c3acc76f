import {
  type AveragePoolOptions,
  avgPool as averageWindows,
  avgPoolFor,
  maxPool as maximizeWindows,
  maxPoolFor,
  type PoolOptions,
} from '../../functions/nn/pooling.js'
import { optionsOf } from '../../graph/options.js'
import { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName } from '../layerName.js'

const layer = <O extends PoolOptions>(
  kind: string,
  poolFor: (name: string) => (x: Tensor, options: O) => Tensor,
  options: O,
): StatelessLayer<null> => {
  const { window, ...others } = options
  const name = layerName(kind, [window], others)
  const pool = poolFor(name)
  const spatial = typeof window === 'number' ? null : window.length
  return stateless(
    name,
    () => null,
    (_params, x) => {
      if (!(x.ndim >= 3) || (spatial !== null && x.ndim !== spatial + 2))
        throw new ShapeError(
          `${name}: an input [n, c, …] of ${spatial ?? 'one or more'} spatial axes is required, got ${formatAval(x.aval)}.`,
        )
      return pool(x, options)
    },
  )
}

/**
 * The greatest element of each window, as a layer: f32[n, c, …s] → f32[n, c, …s′] over as many spatial axes as there are; windows do
 * not overlap unless `stride` says so. Beside a tensor, the function itself: `maxPool(x, options)`.
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.maxPool({ window: 2 }).call(null, np.ones([1, 64, 48, 48])).shape // => [1, 64, 24, 24]
 * nn.maxPool(np.array([[[1, 3, 2, 5]]]), { window: 2 }) // => [[[3, 5]]]
 * ```
 */
export function maxPool(options: PoolOptions): StatelessLayer<null>
export function maxPool(x: Tensor, options: PoolOptions): Tensor
export function maxPool(
  ...args: readonly [PoolOptions] | readonly [Tensor, PoolOptions]
): StatelessLayer<null> | Tensor {
  return isCall(args)
    ? maximizeWindows(...args)
    : layer('maxPool', maxPoolFor, optionsOf('maxPool', 'window stride padding', args[0]))
}

/**
 * The mean of each window, as a layer: f32[n, c, …s] → f32[n, c, …s′] over as many spatial axes as there are. Padding counts as
 * zeros unless `countIncludePad` is false, as in PyTorch. Beside a tensor, the function itself: `avgPool(x, options)`.
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.avgPool({ window: 2 }).call(null, np.array([[[1, 3, 2, 6]]])) // => [[[2, 4]]]
 * nn.avgPool(np.array([[[1, 3, 2, 6]]]), { window: 2 }) // => [[[2, 4]]]
 * ```
 */
export function avgPool(options: AveragePoolOptions): StatelessLayer<null>
export function avgPool(x: Tensor, options: AveragePoolOptions): Tensor
export function avgPool(
  ...args: readonly [AveragePoolOptions] | readonly [Tensor, AveragePoolOptions]
): StatelessLayer<null> | Tensor {
  return isCall(args)
    ? averageWindows(...args)
    : layer('avgPool', avgPoolFor, optionsOf('avgPool', 'window stride padding countIncludePad', args[0]))
}

const isCall = <O>(args: readonly [O] | readonly [Tensor, O]): args is readonly [Tensor, O] =>
  args[0] instanceof Tensor
