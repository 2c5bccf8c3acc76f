import type { DType } from '../../graph/dtype.js'
import type { BinaryOp, Expr } from '../../graph/kernel/expr.js'
import type { Reduction } from '../../graph/kernel/program.js'
import { CompensatedSum } from './compensatedSum.js'
import type { Lane } from './lane.js'
import { ScalarFold } from './scalarFold.js'
import { TreeFold } from './treeFold.js'

/**
 * Reduces blocks of elements, several outputs side by side. The elements of a block have the shape
 * `[outer, length, inner]`, of which `length` is reduced; one of the others is 1, and their product the
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

/** The operation, where `combine` is one operation of the running value and the element, and no more. */
const singleOperation = (combine: readonly Expr[], dtype: DType): BinaryOp | null => {
  const [joined] = combine
  if (combine.length !== 1 || joined.op !== 'apply' || joined.dtype !== dtype || !foldable.has(joined.fn))
    return null
  const [a, b] = joined.args
  return (a.op === 'acc' && b.op === 'elem') || (a.op === 'elem' && b.op === 'acc')
    ? (joined.fn as BinaryOp)
    : null
}

/** The way to reduce by `combine` the elements that are found in `elements`. */
export const foldOf = (reduction: Reduction, elements: readonly Lane[]): Fold => {
  const [first] = reduction.init
  const op = singleOperation(reduction.combine, first.dtype)
  if (op === null) return new TreeFold(reduction, elements)
  if (op === 'add' && first.dtype === 'float64') return new CompensatedSum(first.value, elements[0])
  return new ScalarFold(op, first.dtype, first.value, elements[0])
}
