import { resolveAxes } from '../../graph/axes.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { GradError } from '../../ir/errors.js'
import { abs } from '../../ops/elementwise/abs.js'
import { eq, ne } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { safeSqrt } from '../../ops/elementwise/hypot.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { pow } from '../../ops/elementwise/pow.js'
import { select } from '../../ops/elementwise/select.js'
import { square } from '../../ops/elementwise/square.js'
import { reduceMax, reduceMin } from '../../ops/reductions/reduceExtremum.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'
import { reduceWith } from './reductions.js'

/** The order of a norm: any number for vectors; ±1, ±Infinity (sums of columns, of rows) or 'fro' for matrices. */
type NormOrder = number | 'fro'

export type NormOptions = ReduceOptions & { readonly ord?: NormOrder }

/**
 * The norm over axes, all by default: without `ord` √Σ x². One axis, or a vector: (Σ |x|^ord)^(1/ord), the greatest or
 * least |x| for ±Infinity, the number of nonzero elements for 0. Two axes, or a matrix: the greatest or (−1, −Infinity) least sum of
 * |x| along a column (±1) or a row (±Infinity), or √Σ x² ('fro'). The derivative of a zero vector's norm is 0.
 * @throws GradError on an order that matrices don't have here (±2 and 'nuc' take singular values), or more axes
 * @example
 * ```ts
 * np.norm(np.array([3, 4])) // => 5
 * np.norm(np.array([3, -4]), { ord: 1 }) // => 7
 * np.norm(np.array([[1, 2], [3, 4]]), { ord: 1 }) // => 6
 * ```
 */
export const norm = (x: TensorLike, given?: NormOptions): Tensor => {
  const { ord, ...options } = optionsOf('norm', 'axis keepdims ord', given)
  const t = toFloat(x)
  const axes = resolveAxes('norm', options.axis, t.ndim)
  if (ord === undefined || (axes.length === 2 && ord === 'fro')) return vectorNorm(t, 2, options)
  if (axes.length < 2 && typeof ord === 'number') return vectorNorm(t, ord, options)
  const infinite = ord === Number.POSITIVE_INFINITY || ord === Number.NEGATIVE_INFINITY
  if (axes.length !== 2 || !(infinite || ord === 1 || ord === -1))
    throw new GradError(
      `norm: an order of vectors over one axis, or 1, -1, Infinity, -Infinity or 'fro' over two, is required, got ${ord} over ${axes.length} axes. Name one axis, or take np.ravel.`,
    )
  const [rows, columns] = axes
  const [summed, compared] = infinite ? [columns, rows] : [rows, columns]
  return reduceWith('norm', abs(t), options, (values) =>
    (ord > 0 ? reduceMax : reduceMin)(reduceSum(values, [summed]), [compared - (compared > summed ? 1 : 0)]),
  )
}

const vectorNorm = (t: Tensor, ord: number, options: ReduceOptions): Tensor => {
  const over = (values: Tensor, reduce: (x: Tensor, axes: readonly number[]) => Tensor) =>
    reduceWith('norm', values, options, reduce)
  if (ord === Number.POSITIVE_INFINITY) return over(abs(t), reduceMax)
  if (ord === Number.NEGATIVE_INFINITY) return over(abs(t), reduceMin)
  if (ord === 0) return over(convert(ne(t, 0), t.dtype), reduceSum)
  if (ord === 1) return over(abs(t), reduceSum)
  if (ord === 2) return safeSqrt(over(square(t), reduceSum))
  // where x is 0, an order below 1 has a derivative of 0·∞
  const nothing = eq(t, ord > 0 ? 0 : Number.NaN)
  const powers = pow(select(nothing, fullLike(t, 1), abs(t)), ord)
  const total = over(select(nothing, zerosLike(t), powers), reduceSum)
  const zero = eq(total, 0)
  // for a negative order, all are infinite where the sum is 0
  return select(
    zero,
    fullLike(total, ord > 0 ? 0 : Number.POSITIVE_INFINITY),
    pow(select(zero, fullLike(total, 1), total), 1 / ord),
  )
}
