import { type OneAxis, resolveAxes, resolveAxis } from '../../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { formatAval, sizeOf } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { div, sub } from '../../ops/elementwise/arithmetic.js'
import { ne } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { safeSqrt } from '../../ops/elementwise/hypot.js'
import { toFloat, toTensor } from '../../ops/elementwise/lift.js'
import { square } from '../../ops/elementwise/square.js'
import { reshape } from '../../ops/movement/reshape.js'
import { argmax as argmaxAxis, argmin as argminAxis } from '../../ops/reductions/argExtremum.js'
import {
  cummax as runningMax,
  cummin as runningMin,
  cumprod as runningProd,
  cumsum as runningSum,
} from '../../ops/reductions/cumulative.js'
import { reduceMax, reduceMin } from '../../ops/reductions/reduceExtremum.js'
import { reduceAnd, reduceOr } from '../../ops/reductions/reduceLogical.js'
import { reduceProd } from '../../ops/reductions/reduceProd.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { ravel } from './arrangement.js'

/** Reduces over the axes that the options name; `keepdims` leaves them with length one. @internal */
export const reduceWith = (
  name: string,
  x: Tensor,
  { axis, keepdims = false }: ReduceOptions,
  reduce: (x: Tensor, axes: readonly number[]) => Tensor,
): Tensor => {
  const axes = resolveAxes(name, axis, x.ndim)
  const out = reduce(x, axes)
  return keepdims
    ? reshape(
        out,
        x.shape.map((d, i) => (axes.includes(i) ? 1 : d)),
      )
    : out
}

/** The options of a reduction. @internal */
export const reduceOptions = (name: string, given: AxisOptions<ReduceOptions>): ReduceOptions =>
  axisOptionsOf(name, 'axis keepdims', given)

/** The number of elements behind each result. @internal */
const countOf = (name: string, x: Tensor, { axis }: ReduceOptions): number =>
  sizeOf(resolveAxes(name, axis, x.ndim).map((a) => x.shape[a]))

/** Bools counted as integers. */
const toNumber = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return t.dtype === 'bool' ? convert(t, 'int32') : t
}

const toBool = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return t.dtype === 'bool' ? t : ne(t, 0)
}

/**
 * Σ x over axes, all by default. Bools are counted, as int32.
 * @example
 * ```ts
 * np.sum(np.array([[1, 2], [3, 4]])) // => 10
 * np.sum(np.array([[1, 2], [3, 4]]), 0) // => [4, 6]
 * np.sum(np.array([[1, 2], [3, 4]]), { axis: -1, keepdims: true }) // => [[3], [7]]
 * ```
 */
export const sum = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  reduceWith('sum', toNumber(x), reduceOptions('sum', options), reduceSum)

/** Π x over axes, all by default. The derivative is right where factors are 0. */
export const prod = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  reduceWith('prod', toNumber(x), reduceOptions('prod', options), reduceProd)

/**
 * Σ x / n over axes, all by default; NaN over nothing. Integers become float32.
 * @example
 * ```ts
 * np.mean(np.array([1, 2, 6])) // => 3
 * ```
 */
export const mean = (x: TensorLike, ...given: AxisOptions<ReduceOptions>): Tensor => {
  const options = reduceOptions('mean', given)
  const t = toFloat(x)
  return div(reduceWith('mean', t, options, reduceSum), countOf('mean', t, options))
}

type Reduce = (x: Tensor, axes: readonly number[]) => Tensor

/** @throws ShapeError where a result would have no elements */
const ofSome =
  (name: string, reduce: Reduce): Reduce =>
  (x, axes) => {
    const out = reduce(x, axes)
    if (x.size === 0 && out.size > 0)
      throw new ShapeError(
        `${name}: at least one element for each result is required, got ${formatAval(x.aval)} over axes [${axes.join(',')}].`,
      )
    return out
  }

/**
 * Greatest element over axes, all by default; NaN wins. Equal ones share the derivative.
 * @throws ShapeError over nothing
 * @example
 * ```ts
 * np.max(np.array([[1, 5], [7, 2]]), { axis: 1 }) // => [5, 7]
 * ```
 */
export const max = (x: TensorLike, ...given: AxisOptions<ReduceOptions>): Tensor => {
  const options = reduceOptions('max', given)
  const t = toTensor(x)
  return reduceWith('max', t, options, ofSome('max', t.dtype === 'bool' ? reduceOr : reduceMax))
}

/** Least element over axes, all by default; NaN wins. Equal ones share the derivative. @throws ShapeError over nothing */
export const min = (x: TensorLike, ...given: AxisOptions<ReduceOptions>): Tensor => {
  const options = reduceOptions('min', given)
  const t = toTensor(x)
  return reduceWith('min', t, options, ofSome('min', t.dtype === 'bool' ? reduceAnd : reduceMin))
}

export type VarianceOptions = ReduceOptions & { readonly ddof?: number }

/**
 * Σ (x − mean)² / (n − ddof) over axes, all by default; ddof is 0.
 * @example
 * ```ts
 * np.var(np.array([1, 3])) // => 1
 * np.var(np.array([1, 3]), { ddof: 1 }) // => 2
 * ```
 */
export const variance = (x: TensorLike, ...given: AxisOptions<VarianceOptions>): Tensor =>
  varianceFor('var', x, given)

const varianceFor = (name: string, x: TensorLike, given: AxisOptions<VarianceOptions>): Tensor => {
  const options = axisOptionsOf(name, 'axis keepdims ddof', given)
  const t = toFloat(x)
  const centred = sub(t, mean(t, { axis: options.axis, keepdims: true }))
  const total = reduceWith(name, square(centred), options, reduceSum)
  return div(total, Math.max(0, countOf(name, t, options) - (options.ddof ?? 0)))
}

/** √var over axes, all by default. Its derivative is 0 where the variance is, as in PyTorch. */
export const std = (x: TensorLike, ...given: AxisOptions<VarianceOptions>): Tensor =>
  safeSqrt(varianceFor('std', x, given))

/** Whether every element over axes is true (not 0); true over nothing. */
export const all = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  reduceWith('all', toBool(x), reduceOptions('all', options), reduceAnd)

/** Whether some element over axes is true (not 0); false over nothing. */
export const any = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  reduceWith('any', toBool(x), reduceOptions('any', options), reduceOr)

/** The number of nonzero elements over axes, as int32. */
export const countNonzero = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  sum(toBool(x), reduceOptions('countNonzero', options))

export type ArgOptions = { readonly axis?: number; readonly keepdims?: boolean }

const position =
  (name: string, along: (x: Tensor, axis: number) => Tensor) =>
  (x: TensorLike, ...options: AxisOptions<ArgOptions>): Tensor => {
    const { axis, keepdims = false } = axisOptionsOf(name, 'axis keepdims', options)
    const t = toTensor(x)
    const a = axis === undefined ? 0 : resolveAxis(name, axis, t.ndim)
    const out = along(axis === undefined ? ravel(t) : t, a)
    if (!keepdims) return out
    return reshape(
      out,
      t.shape.map((d, i) => (axis === undefined || i === a ? 1 : d)),
    )
  }

/**
 * Position of the greatest element along an axis (of x as a vector, without one), as int32; the first of equals.
 * @example
 * ```ts
 * np.argmax(np.array([[1, 5], [7, 2]]), { axis: 1 }) // => [1, 0]
 * ```
 */
export const argmax = position('argmax', argmaxAxis)

/** Position of the least element along an axis (of x as a vector, without one), as int32; the first of equals. */
export const argmin = position('argmin', argminAxis)

const running =
  (name: string, along: (x: Tensor, axis: number) => Tensor) =>
  (x: TensorLike, ...options: AxisOptions<OneAxis>): Tensor => {
    const { axis } = axisOptionsOf(name, 'axis', options)
    const t = toNumber(x)
    return axis === undefined ? along(ravel(t), 0) : along(t, resolveAxis(name, axis, t.ndim))
  }

/**
 * Sums of the first 1, 2, … elements along an axis (of x as a vector, without one).
 * @example
 * ```ts
 * np.cumsum(np.array([1, 2, 3])) // => [1, 3, 6]
 * ```
 */
export const cumsum = running('cumsum', runningSum)

/** Products of the first 1, 2, … elements along an axis (of x as a vector, without one). */
export const cumprod = running('cumprod', runningProd)

/** Greatest of the first 1, 2, … elements along an axis (of x as a vector, without one). */
export const cummax = running('cummax', runningMax)

/** Least of the first 1, 2, … elements along an axis (of x as a vector, without one). */
export const cummin = running('cummin', runningMin)
