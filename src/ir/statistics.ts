import type { DType } from './dtype.js'
import { acc, apply, compare, constant, type Expr, elem, select } from './expr.js'
import type { Reduction, Statistic } from './program.js'

/**
 * Σ exp(x − m) of two parts, in slot `sum`, about the greater m: the sum of the part with the smaller m is scaled by
 * exp(smaller − greater), which is 1 where they are equal, for ∞ − ∞ is NaN.
 */
const exponentialsOf = (m: number, sum: number, dtype: DType): Expr => {
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
const spreadOf = (sum: number, count: number, spread: number, dtype: DType): Expr => {
  const mean = (of: typeof acc): Expr => meanOf(of(sum, dtype), of(count, dtype), dtype)
  const delta = apply('sub', [mean(elem), mean(acc)])
  const [a, b] = [acc(count, dtype), elem(count, dtype)]
  const share = apply('div', [apply('mul', [a, b]), apply('max', [apply('add', [a, b]), constant(1, dtype)])])
  const between = apply('mul', [apply('mul', [delta, delta]), share])
  return apply('add', [apply('add', [acc(spread, dtype), elem(spread, dtype)]), between])
}

const joinedBy = (fn: 'add' | 'max', slot: number, dtype: DType): Expr =>
  apply(fn, [acc(slot, dtype), elem(slot, dtype)])

/** max x and Σ exp(x − max x), in slots 0 and 1, over one pass. @see https://arxiv.org/abs/1805.02867, algorithm 3 */
export const sumExp = (extents: Reduction['extents'], x: Expr): Reduction => {
  const { dtype } = x
  return {
    extents,
    init: [Number.NEGATIVE_INFINITY, 0].map((value) => ({ value, dtype })),
    element: [x, constant(1, dtype)],
    combine: [joinedBy('max', 0, dtype), exponentialsOf(0, 1, dtype)],
    statistics: [{ kind: 'sumExp', max: 0, sum: 1 }],
  }
}

/**
 * Σ x, the count n and Σ (x − Σx/n)², in slots 0, 1 and 2, over one pass.
 * @see Chan, Golub, LeVeque: Updating Formulae (1979), equation 2.1
 */
export const variance = (extents: Reduction['extents'], x: Expr): Reduction => {
  const { dtype } = x
  return {
    extents,
    init: [0, 0, 0].map((value) => ({ value, dtype })),
    element: [x, constant(1, dtype), constant(0, dtype)],
    combine: [joinedBy('add', 0, dtype), joinedBy('add', 1, dtype), spreadOf(0, 1, 2, dtype)],
    statistics: [{ kind: 'variance', sum: 0, count: 1, spread: 2 }],
  }
}

/** The statistic with its slots moved on, as those of a reduction behind another are. */
export const movedOn = (statistic: Statistic, by: number): Statistic => {
  switch (statistic.kind) {
    case 'sumExp':
      return { ...statistic, max: statistic.max + by, sum: statistic.sum + by }
    case 'variance': {
      const { sum, count, spread } = statistic
      return { ...statistic, sum: sum + by, count: count + by, spread: spread + by }
    }
  }
}
