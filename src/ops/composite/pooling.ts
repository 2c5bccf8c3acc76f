import { aval, formatAval } from '../../graph/aval.js'
import { ShapeError } from '../../graph/errors.js'
import { optionsOf } from '../../graph/options.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { div } from '../arithmetic.js'
import { broadcastTo, toFloat } from '../lift.js'
import { reduceWindowMax, reduceWindowSum } from '../reduceWindow.js'
import type { WindowOptions } from '../windowParams.js'
import { eachAxis, eachPadding, type PerAxis, type SpatialPadding } from './perAxis.js'

export type PoolOptions = {
  /** Sizes of the window along the spatial axes. */
  readonly window: PerAxis
  /** Steps of the window; its sizes by default, so that windows do not overlap. */
  readonly stride?: PerAxis
  /** Places around x; none by default. */
  readonly padding?: SpatialPadding
}

export type AveragePoolOptions = PoolOptions & {
  /** Whether padding counts as zeros (the default), or not at all. */
  readonly countIncludePad?: boolean
}

/** Windows over the spatial axes of x [n, c, …s], one element along the first two. */
const spatialWindows = (
  name: string,
  x: Tensor,
  { window, stride = window, padding = 0 }: PoolOptions,
): Required<Pick<WindowOptions, 'window' | 'strides' | 'padding'>> => {
  const rank = x.ndim - 2
  if (rank < 0) {
    throw new ShapeError(`${name}: x [n, c, …spatial axes] is required, got ${formatAval(x.aval)}.`)
  }
  const pads = eachPadding(name, padding, rank)
  return {
    window: [1, 1, ...eachAxis(name, 'window size', window, rank)],
    strides: [1, 1, ...eachAxis(name, 'stride', stride, rank)],
    padding: typeof pads === 'string' ? pads : [[0, 0], [0, 0], ...pads],
  }
}

/**
 * The greatest element of each window: out[n, c, p] = max_k x[n, c, stride·p + k − padding]. Padding is never
 * chosen, NaN always; of equal elements the first, in row-major order, has the derivative. x: [n, c, …s] → [n, c, …s′].
 * @throws ShapeError on options that do not fit x
 * @example
 * ```ts
 * nn.maxPool(np.array([[[1, 3, 2, 5]]]), { window: 2 }) // => [[[3, 5]]]
 * nn.maxPool(np.array([[[1, 3, 2, 5]]]), { window: 3, stride: 1, padding: 1 }) // => [[[3, 3, 5, 5]]]
 * grad((x: Tensor) => nn.maxPool(x, { window: 2 }).sum())(np.array([[[4, 4]]])) // => [[[1, 0]]]
 * ```
 */
export const maxPool = (x: Tensor, options: PoolOptions): Tensor =>
  reduceWindowMax(x, spatialWindows('maxPool', x, optionsOf('maxPool', 'window stride padding', options)))

/**
 * The mean of each window: out[n, c, p] = Σ_k x[n, c, stride·p + k − padding] / (elements of the window), padding counting
 * as zeros unless `countIncludePad` is false. x: [n, c, …s] → [n, c, …s′].
 * @throws ShapeError on options that do not fit x
 * @example
 * ```ts
 * nn.avgPool(np.array([[[1, 3, 2, 6]]]), { window: 2 }) // => [[[2, 4]]]
 * nn.avgPool(np.array([[[3, 3]]]), { window: 3, stride: 1, padding: 1 }) // => [[[2, 2]]]
 * nn.avgPool(np.array([[[3, 3]]]), { window: 3, stride: 1, padding: 1, countIncludePad: false }) // => [[[3, 3]]]
 * ```
 */
export const avgPool = (x: Tensor, given: AveragePoolOptions): Tensor => {
  const { countIncludePad = true, ...options } = optionsOf(
    'avgPool',
    'window stride padding countIncludePad',
    given,
  )
  const values = toFloat(x)
  const windows = spatialWindows('avgPool', values, options)
  const sums = reduceWindowSum(values, windows)
  if (countIncludePad)
    return div(
      sums,
      windows.window.reduce((n, d) => n * d, 1),
    )
  const ones = splat(1, aval([1, 1, ...values.shape.slice(2)], values.dtype))
  return div(sums, broadcastTo(reduceWindowSum(ones, windows), sums.shape))
}
