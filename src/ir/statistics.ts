import type { DType } from './dtype.js'
import { acc, apply, compare, constant, type Expr, elem, select } from './expr.js'

/** The greater of two parts' maxima, in slot `m`. */
export const greaterOf = (m: number, dtype: DType): Expr => apply('max', [acc(m, dtype), elem(m, dtype)])

/**
 * Σ exp(x − m) of two parts, in slot `sum`, about the greater m: the sum of the part with the smaller m is scaled by
 * exp(smaller − greater), which is 1 where they are equal, for ∞ − ∞ is NaN.
 */
export const exponentialsOf = (m: number, sum: number, dtype: DType): Expr => {
  const [a, b] = [acc(m, dtype), elem(m, dtype)]
  const [less, greater] = [apply('min', [a, b]), apply('max', [a, b])]
  const scale = select(
    compare('eq', less, greater),
    constant(1, dtype),
    apply('exp', [apply('sub', [less, greater])]),
  )
  const [s, t] = [acc(sum, dtype), elem(sum, dtype)]
  return select(
    compare('gt', a, b),
    apply('add', [s, apply('mul', [t, scale])]),
    apply('add', [apply('mul', [s, scale]), t]),
  )
}

/** The mean of `count` elements from their sum; 0 of none. */
export const meanOf = (sum: Expr, count: Expr, dtype: DType): Expr =>
  apply('div', [sum, apply('max', [count, constant(1, dtype)])])

/** Σ (x − mean)² of two parts, in slot `spread`: M = M₁ + M₂ + (mean₂ − mean₁)²·n₁n₂/n. */
export const spreadOf = (sum: number, count: number, spread: number, dtype: DType): Expr => {
  const mean = (of: typeof acc): Expr => meanOf(of(sum, dtype), of(count, dtype), dtype)
  const delta = apply('sub', [mean(elem), mean(acc)])
  const [a, b] = [acc(count, dtype), elem(count, dtype)]
  const share = apply('div', [apply('mul', [a, b]), apply('max', [apply('add', [a, b]), constant(1, dtype)])])
  const between = apply('mul', [apply('mul', [delta, delta]), share])
  return apply('add', [apply('add', [acc(spread, dtype), elem(spread, dtype)]), between])
}
