import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { abs } from '../abs.js'
import { eq } from '../comparison.js'
import { toFloat } from '../lift.js'
import { pow } from '../pow.js'
import { reduceMax, reduceMin } from '../reduceExtremum.js'
import { reduceSum } from '../reduceSum.js'
import { fullLike, zerosLike } from '../rules.js'
import { select } from '../select.js'
import { square } from '../square.js'
import { safeSqrt } from './elementwise.js'
import { reduceWith } from './reductions.js'

export type NormOptions = ReduceOptions & { readonly ord?: number }

/**
 * (Σ |x|^ord)^(1/ord) over axes, all by default; ord is 2, and may be ±∞ (greatest, least |x|). The elements
 * are taken as a vector. The derivative of a zero vector's norm is 0.
 * @example
 * ```ts
 * np.norm(np.array([3, 4])) // => 5
 * np.norm(np.array([3, -4]), { ord: 1 }) // => 7
 * ```
 */
export const norm = (x: TensorLike, given?: NormOptions): Tensor => {
  const { ord = 2, ...options } = optionsOf('norm', 'axis keepdims ord', given)
  const t = toFloat(x)
  const over = (values: Tensor, reduce: (x: Tensor, axes: readonly number[]) => Tensor) =>
    reduceWith('norm', values, options, reduce)
  if (ord === Number.POSITIVE_INFINITY) return over(abs(t), reduceMax)
  if (ord === Number.NEGATIVE_INFINITY) return over(abs(t), reduceMin)
  if (ord === 1) return over(abs(t), reduceSum)
  if (ord === 2) return safeSqrt(over(square(t), reduceSum))
  const total = over(pow(abs(t), ord), reduceSum)
  const zero = eq(total, 0)
  return select(zero, zerosLike(total), pow(select(zero, fullLike(total, 1), total), 1 / ord))
}
