import { optionsOf } from '../../graph/options.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { div } from '../../ops/elementwise/arithmetic.js'
import { broadcastTo, toFloat } from '../../ops/elementwise/lift.js'
import { windowCount } from '../../ops/windows/axisWindow.js'
import { reduceWindowMax, reduceWindowSum } from '../../ops/windows/reduceWindow.js'
import { resolveWindows, type WindowOptions, windowAxes } from '../../ops/windows/windowParams.js'
import { eachAxis, eachPadding, type PerAxis, requireWindows, type SpatialPadding } from './perAxis.js'

export type PoolOptions = {
  /** The size of the window along each spatial axis. */
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

/** `maxPool` for the function or layer that errors name. @internal */
export const maxPoolFor =
  (name: string) =>
  (x: Tensor, options: PoolOptions): Tensor => {
    const windows = spatialWindows(name, x, optionsOf(name, 'window stride padding', options))
    requireElements(name, x, windows)
    return requireWindows(name, x, reduceWindowMax(x, windows))
  }

/** @throws ShapeError on a window that lies in the padding, and so has neither a greatest element nor a mean */
const requireElements = (name: string, x: Tensor, options: WindowOptions): void => {
  windowAxes(x.shape, resolveWindows(x, options)).forEach((w, axis) => {
    const last = (windowCount(w) - 1) * w.stride - w.padding[0]
    if (last + w.padding[0] >= 0 && (w.padding[0] >= w.window || last >= w.size))
      throw new ShapeError(
        `${name}: windows with an element of the input are required, got padding [${w.padding.join(',')}] for windows of ${w.window} on axis ${axis} of ${formatAval(x.aval)}. Pad less.`,
      )
  })
}

/**
 * The greatest element of each window: out[n, c, p] = max_k x[n, c, stride·p + k − padding]. Padding is never
 * chosen, NaN always; among equal elements the first, in row-major order, has the derivative. x: [n, c, …s] → [n, c, …s′].
 * @throws ShapeError on options that do not fit x, as windows that are larger or lie in the padding
 * @example
 * ```ts
 * nn.functional.maxPool(np.array([[[1, 3, 2, 5]]]), { window: 2 }) // => [[[3, 5]]]
 * nn.functional.maxPool(np.array([[[1, 3, 2, 5]]]), { window: 3, stride: 1, padding: 1 }) // => [[[3, 3, 5, 5]]]
 * grad((x: Tensor) => nn.functional.maxPool(x, { window: 2 }).sum())(np.array([[[4, 4]]])) // => [[[1, 0]]]
 * ```
 */
export const maxPool = maxPoolFor('maxPool')

/** `avgPool` for the function or layer that errors name. @internal */
export const avgPoolFor =
  (name: string) =>
  (x: Tensor, given: AveragePoolOptions): Tensor => {
    const names = 'window stride padding countIncludePad'
    const { countIncludePad = true, ...options } = optionsOf(name, names, given)
    const values = toFloat(x)
    const windows = spatialWindows(name, values, options)
    if (!countIncludePad) requireElements(name, x, windows)
    const sums = requireWindows(name, x, reduceWindowSum(values, windows))
    if (countIncludePad)
      return div(
        sums,
        windows.window.reduce((n, d) => n * d, 1),
      )
    const ones = splat(1, aval([1, 1, ...values.shape.slice(2)], values.dtype))
    return div(sums, broadcastTo(reduceWindowSum(ones, windows), sums.shape))
  }

/**
 * The mean of each window: out[n, c, p] = Σ_k x[n, c, stride·p + k − padding] / (elements of the window), padding counting
 * as zeros unless `countIncludePad` is false. x: [n, c, …s] → [n, c, …s′].
 * @throws ShapeError on options that do not fit x, as windows that are larger or lie in the padding
 * @example
 * ```ts
 * nn.functional.avgPool(np.array([[[1, 3, 2, 6]]]), { window: 2 }) // => [[[2, 4]]]
 * nn.functional.avgPool(np.array([[[3, 3]]]), { window: 3, stride: 1, padding: 1 }) // => [[[2, 2]]]
 * nn.functional.avgPool(np.array([[[3, 3]]]), { window: 3, stride: 1, padding: 1, countIncludePad: false }) // => [[[3, 3]]]
 * ```
 */
export const avgPool = avgPoolFor('avgPool')
