import type { DType } from '../../../ir/dtype.js'
import { acc, apply, compare, constant, type Expr, elem, select } from '../../../ir/expr.js'
import type { Reduction, Statistic } from '../../../ir/program.js'
import { renumbered } from '../../../ir/rebuild.js'
import { meanOf } from '../../../ir/statistics.js'

/** A pass over the reduced elements, for some slots of the reduction. Its elements may read the results of passes before it. */
export type Stage = { readonly reduction: Reduction; readonly slots: readonly number[] }

/** A slot that is the sum of `element`, which reads the results of other slots. */
type Later = { readonly slot: number; readonly element: Expr }

/**
 * The passes that a reduction is made in: one, and a second one for sums about a result of the first, since to join the tuples of a
 * statistic costs more than to read its elements again, which are in a cache by then.
 */
export const stagesOf = (reduction: Reduction): readonly Stage[] => {
  const { extents, init, element, combine, statistics = [] } = reduction
  const all = init.map((_, slot) => slot)
  const later = statistics.map((s) => laterSum(s, element))
  if (later.length === 0) return [{ reduction, slots: all }]
  const moved = later.map((l) => l.slot)
  const first = all.filter((slot) => !moved.includes(slot))
  const own = renumbered((slot) => first.indexOf(slot))
  return [
    {
      slots: first,
      reduction: {
        extents,
        init: first.map((slot) => init[slot]),
        element: first.map((slot) => element[slot]),
        combine: first.map((slot) => own(combine[slot])),
      },
    },
    {
      slots: moved,
      reduction: {
        extents,
        init: later.map((l) => ({ value: 0, dtype: l.element.dtype })),
        element: later.map((l) => l.element),
        combine: later.map(({ element: { dtype } }, i) => apply('add', [acc(i, dtype), elem(i, dtype)])),
      },
    },
  ]
}

/** The sum of a statistic that the second pass makes. */
const laterSum = (statistic: Statistic, element: readonly Expr[]): Later => {
  switch (statistic.kind) {
    case 'sumExp': {
      const { max, sum } = statistic
      return { slot: sum, element: exponential(element[max], max, element[max].dtype) }
    }
    case 'variance': {
      const { sum, count, spread } = statistic
      return { slot: spread, element: square(element[sum], sum, count, element[sum].dtype) }
    }
  }
}

/** exp(x − m) for the greatest m; 1 where they are equal, for ∞ − ∞ is NaN. */
const exponential = (x: Expr, m: number, dtype: DType): Expr => {
  const greatest = acc(m, dtype)
  return select(compare('eq', x, greatest), constant(1, dtype), apply('exp', [apply('sub', [x, greatest])]))
}

const square = (x: Expr, sum: number, n: number, dtype: DType): Expr => {
  const off = apply('sub', [x, meanOf(acc(sum, dtype), acc(n, dtype), dtype)])
  return apply('mul', [off, off])
}
