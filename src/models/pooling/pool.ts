import {
  type AveragePoolOptions,
  avgPoolFor,
  maxPoolFor,
  type PoolOptions,
} from '../../functions/nn/pooling.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName } from '../layerName.js'

const poolLayer = <O extends PoolOptions>(
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
 * The greatest element of each window, as a layer: f32[n, c, …s] → f32[n, c, …s′] over all spatial axes; windows do
 * not overlap unless `stride` says so. The function of tensors is `nn.functional.maxPool`.
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.maxPool({ window: 2 }).call(null, np.ones([1, 64, 48, 48])).shape // => [1, 64, 24, 24]
 * ```
 */
export const maxPool = (options: PoolOptions): StatelessLayer<null> =>
  poolLayer('maxPool', maxPoolFor, optionsOf('maxPool', 'window stride padding', options))

/**
 * The mean of each window, as a layer: f32[n, c, …s] → f32[n, c, …s′] over all spatial axes. Padding counts as
 * zeros unless `countIncludePad` is false, as in PyTorch. The function of tensors is `nn.functional.avgPool`.
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.avgPool({ window: 2 }).call(null, np.array([[[1, 3, 2, 6]]])) // => [[[2, 4]]]
 * ```
 */
export const avgPool = (options: AveragePoolOptions): StatelessLayer<null> =>
  poolLayer('avgPool', avgPoolFor, optionsOf('avgPool', 'window stride padding countIncludePad', options))
