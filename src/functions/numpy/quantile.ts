import { resolveAxes } from '../../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { add, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { isNaN as isNaNOf } from '../../ops/elementwise/isFinite.js'
import { asType, broadcastTo, kindOf, toFloat } from '../../ops/elementwise/lift.js'
import { ceil, floor, round } from '../../ops/elementwise/rounding.js'
import { select } from '../../ops/elementwise/select.js'
import { gather } from '../../ops/indexing/gather.js'
import { sort } from '../../ops/indexing/sort.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { reshape } from '../../ops/movement/reshape.js'
import { reduceOr } from '../../ops/reductions/reduceLogical.js'
import { fullLike } from '../../ops/rules/rules.js'
import { moveaxis } from './arrangement.js'
import { clip } from './elementwise.js'
import { reduceOptions } from './reductions.js'

/** The value between two elements: on the line through them, one of them (the even one if both are equally near), or the middle. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

export type QuantileOptions = ReduceOptions & { readonly method?: QuantileMethod }

/** The weight of the upper of two neighbours, by the quantile's place between them. */
const upperWeight = (method: QuantileMethod, position: Tensor, low: Tensor): Tensor => {
  const between = sub(position, low)
  switch (method) {
    case 'linear':
      return between
    case 'lower':
      return fullLike(between, 0)
    case 'higher':
      return fullLike(between, 1)
    case 'midpoint':
      return select(eq(between, 0), fullLike(between, 0), fullLike(between, 0.5))
    case 'nearest':
      return sub(round(position), low)
    default:
      throw new GradError(
        `quantile: method 'linear', 'lower', 'higher', 'midpoint' or 'nearest' is required, got ${String(method)}.`,
      )
  }
}

/**
 * The value below which a part q of the elements lies, over axes, all by default: with the n elements sorted,
 * the one at q·(n − 1), between two by `method` ('linear'). NaN where an element is NaN. Integers become
 * float32. q in 0 … 1, a number or a vector, whose axis comes first in the result; NaN where a tensor's q is outside.
 * @throws ShapeError where q has more than one axis, or there are no elements; GradError on a number q outside
 * @example
 * ```ts
 * np.quantile(np.array([1, 2, 4, 8]), 0.5) // => 3
 * np.quantile(np.array([[1, 2], [3, 5]]), np.array([0, 0.5]), { axis: 1 }) // => [[1, 3], [1.5, 4]]
 * ```
 */
export const quantile = (x: TensorLike, q: TensorLike, ...options: AxisOptions<QuantileOptions>): Tensor => {
  const {
    axis,
    keepdims = false,
    method = 'linear',
  } = axisOptionsOf('quantile', 'axis keepdims method', options)
  const t = toFloat(x)
  if (typeof q === 'number' && !(q >= 0 && q <= 1))
    throw new GradError(`quantile: q from 0 to 1 is required, got ${q}.`)
  const part = kindOf(q) === null ? convert(toFloat(q), t.dtype) : asType('quantile', q, t.dtype)
  if (part.ndim > 1)
    throw new ShapeError(`quantile: q with at most one axis is required, got ${formatAval(part.aval)}.`)
  const axes = resolveAxes('quantile', axis, t.ndim)
  const moved = moveaxis(
    t,
    axes,
    axes.map((_, i) => i),
  )
  const kept = moved.shape.slice(axes.length)
  const count = axes.reduce((size, a) => size * t.shape[a], 1)
  if (count === 0)
    throw new ShapeError(`quantile: at least one element is required, got ${formatAval(t.aval)}.`)
  const [sorted] = sort([reshape(moved, [count, ...kept])], 0)
  const inside = clip(part, 0, 1)
  const position = mul(inside, count - 1)
  const low = floor(position)
  const weight = select(eq(inside, part), upperWeight(method, position, low), fullLike(part, Number.NaN))
  const at = (position: Tensor) => gather(sorted, [convert(position, 'int32')], [0])
  const [below, above] = [at(low), at(ceil(position))]
  const spread = broadcastInDim(
    weight,
    below.shape,
    weight.shape.map((_, i) => i),
  )
  // an infinite neighbour with weight 0 must not count
  const between = add(mul(below, sub(1, spread)), mul(above, spread))
  const value = select(eq(spread, 0), below, select(eq(spread, 1), above, between))
  const hasNaN = broadcastTo(reduceOr(isNaNOf(sorted), [0]), value.shape)
  // times NaN, so that the derivative is NaN, too; only there
  const poison = mul(select(hasNaN, value, fullLike(value, 0)), Number.NaN)
  const result = select(hasNaN, poison, value)
  if (!keepdims) return result
  return reshape(result, [...part.shape, ...t.shape.map((d, i) => (axes.includes(i) ? 1 : d))])
}

/**
 * The middle one of the sorted elements over axes, all by default; for an even number the mean of the two in
 * the middle. NaN where an element is NaN. Integers become float32.
 * @throws ShapeError where there are no elements
 * @example
 * ```ts
 * np.median(np.array([3, 1, 10])) // => 3
 * np.median(np.array([[3, 1], [4, 4]]), { axis: 1 }) // => [2, 4]
 * ```
 */
export const median = (x: TensorLike, ...options: AxisOptions<ReduceOptions>): Tensor =>
  quantile(x, 0.5, reduceOptions('median', options))
