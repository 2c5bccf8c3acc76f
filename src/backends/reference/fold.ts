import type { BinaryOp, Expr } from '../../ir/expr.js'
import { singleOperation, slotsOf } from '../../ir/nodes.js'
import type { Reduction } from '../../ir/program.js'
import { renumbered } from '../../ir/rebuild.js'
import { CompensatedSum } from './compensatedSum.js'
import type { Lane } from './lane.js'
import { ScalarFold } from './scalarFold.js'
import { TreeFold } from './treeFold.js'

/**
 * Reduces blocks of elements, several outputs side by side. The elements of a block have the shape
 * `[outer, length, inner]`, where `length` is reduced; one of the others is 1, and their product the
 * number of outputs. Elements join in the order of the reduced axes, though not one by one: `combine` is associative.
 */
export interface Fold {
  /** Starts on `width` outputs. */
  begin(width: number): void
  /** Joins the current block; at most `blockSize` elements. */
  join(outer: number, length: number, inner: number): void
  /** Writes the outputs' values, a lane a slot, from place `at` on. */
  finish(into: readonly Lane[], at: number): void
}

const foldable: ReadonlySet<string> = new Set<BinaryOp>(['add', 'mul', 'max', 'min', 'and', 'or'])

/** The way to reduce by `combine` the elements that are found in `elements`; parts that do not depend on each other go their own ways. */
export const foldOf = (reduction: Reduction, elements: readonly Lane[]): Fold => {
  const parts = independentParts(reduction.combine)
  if (parts.length === 1) return wholeFold(reduction, elements)
  return new SeparateFolds(
    parts.map((slots) => {
      const own = <T>(all: readonly T[]): readonly T[] => slots.map((slot) => all[slot])
      const renamed = renumbered((slot) => slots.indexOf(slot))
      const part: Reduction = {
        extents: reduction.extents,
        init: own(reduction.init),
        element: own(reduction.element),
        combine: own(reduction.combine).map(renamed),
      }
      return { slots, fold: wholeFold(part, own(elements)) }
    }),
  )
}

/** Slots in groups: a slot is joined from slots of its group alone. */
const independentParts = (combine: readonly Expr[]): readonly (readonly number[])[] => {
  const group = combine.map((_, slot) => slot)
  const merge = (a: number, b: number): void => {
    const [from, to] = [group[a], group[b]]
    group.forEach((g, slot) => {
      if (g === from) group[slot] = to
    })
  }
  combine.forEach((root, slot) => {
    for (const other of slotsOf([root])) merge(slot, other)
  })
  return [...new Set(group)].map((g) => group.flatMap((own, slot) => (own === g ? [slot] : [])))
}

class SeparateFolds implements Fold {
  readonly #parts: readonly { readonly slots: readonly number[]; readonly fold: Fold }[]

  constructor(parts: readonly { readonly slots: readonly number[]; readonly fold: Fold }[]) {
    this.#parts = parts
  }

  begin(width: number): void {
    for (const { fold } of this.#parts) fold.begin(width)
  }

  join(outer: number, length: number, inner: number): void {
    for (const { fold } of this.#parts) fold.join(outer, length, inner)
  }

  finish(into: readonly Lane[], at: number): void {
    for (const { slots, fold } of this.#parts)
      fold.finish(
        slots.map((slot) => into[slot]),
        at,
      )
  }
}

const wholeFold = (reduction: Reduction, elements: readonly Lane[]): Fold => {
  const [first] = reduction.init
  const op = reduction.init.length === 1 ? singleOperation(reduction.combine, 0) : null
  if (op === null || !foldable.has(op)) return new TreeFold(reduction, elements)
  if (op === 'add' && first.dtype === 'float64') return new CompensatedSum(first.value, elements[0])
  return new ScalarFold(op, first.dtype, first.value, elements[0])
}
