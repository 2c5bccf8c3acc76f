import type { DType } from '../../../ir/dtype.js'
import { acc, apply, compare, constant, type Expr, elem, select } from '../../../ir/expr.js'
import { Interner } from '../../../ir/intern.js'
import { slotsOf } from '../../../ir/nodes.js'
import type { Reduction } from '../../../ir/program.js'
import { exponentialsOf, greaterOf, meanOf, spreadOf } from '../../../ir/statistics.js'

/** A pass over the reduced elements, of some slots of the whole reduction. Its elements may read the results of passes before it. */
export type Stage = { readonly reduction: Reduction; readonly slots: readonly number[] }

type Part = { readonly slot: number; readonly element: Expr }

/**
 * The passes that a reduction is made in: one, but for two kinds of tuples, whose joining costs more than reading
 * the elements again, which are in a cache by then. Σ exp(x − max x) after max x; and Σ (x − mean)² after Σ x.
 */
export const stagesOf = (reduction: Reduction): readonly Stage[] => {
  const later = laterParts(reduction)
  const all = reduction.init.map((_, slot) => slot)
  if (later.length === 0) return [{ reduction, slots: all }]
  const moved = later.map((p) => p.slot)
  const first = all.filter((slot) => !moved.includes(slot))
  const renamed = (e: Expr): Expr => renumbered(e, first)
  return [
    {
      slots: first,
      reduction: {
        extents: reduction.extents,
        init: first.map((slot) => reduction.init[slot]),
        element: first.map((slot) => reduction.element[slot]),
        combine: first.map((slot) => renamed(reduction.combine[slot])),
      },
    },
    {
      slots: moved,
      reduction: {
        extents: reduction.extents,
        init: later.map(({ slot }) => ({ value: 0, dtype: reduction.init[slot].dtype })),
        element: later.map((p) => p.element),
        combine: later.map(({ element: { dtype } }, i) => apply('add', [acc(i, dtype), elem(i, dtype)])),
      },
    },
  ]
}

/** The same expression over fewer slots; it is of a slot's own kind alone. */
const renumbered = (e: Expr, slots: readonly number[]): Expr => {
  if (e.op === 'acc' || e.op === 'elem') return { ...e, slot: slots.indexOf(e.slot) }
  return e.op === 'apply' ? { ...e, args: e.args.map((a) => renumbered(a, slots)) } : e
}

/** Slots that are sums of something that follows from the others' results. */
const laterParts = ({ init, element, combine }: Reduction): readonly Part[] => {
  const interner = new Interner()
  const own = combine.map((e) => interner.of(e))
  const is = (slot: number, wanted: Expr): boolean => own[slot] === interner.of(wanted)
  const isReadBy = (slot: number, others: readonly number[]): boolean =>
    slotsOf(others.map((o) => combine[o])).has(slot)
  const isConstant = (slot: number, value: number): boolean => {
    const e = element[slot]
    return e.op === 'const' && e.value === value
  }
  const slots = init.map((_, slot) => slot)
  const found = slots.flatMap((slot): readonly Part[] => {
    const { dtype, value } = init[slot]
    const others = slots.filter((o) => o !== slot)
    if (value !== 0 || isReadBy(slot, others)) return []
    for (const m of others) {
      if (isConstant(slot, 1) && is(m, greaterOf(m, dtype)) && is(slot, exponentialsOf(m, slot, dtype)))
        return [{ slot, element: exponential(element[m], m, dtype) }]
      for (const n of others)
        if (
          n !== m &&
          isConstant(slot, 0) &&
          isConstant(n, 1) &&
          is(m, apply('add', [acc(m, dtype), elem(m, dtype)])) &&
          is(slot, spreadOf(m, n, slot, dtype))
        )
          return [{ slot, element: square(element[m], m, n, dtype) }]
    }
    return []
  })
  return found
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
