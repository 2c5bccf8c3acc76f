import type { BinaryOp, Expr } from './expr.js'
import { slotsOf } from './nodes.js'

/** The operation, where a slot is joined by one operation of its running value and its element, which no other slot reads. */
export const singleOperation = (combine: readonly Expr[], slot: number): BinaryOp | null => {
  const joined = combine[slot]
  if (slotsOf(combine.filter((_, i) => i !== slot)).has(slot)) return null
  if (joined.op !== 'apply' || joined.args.length !== 2) return null
  const [a, b] = joined.args
  const isOf = (e: Expr, op: 'acc' | 'elem'): boolean => e.op === op && e.slot === slot
  const isPlain = (isOf(a, 'acc') && isOf(b, 'elem')) || (isOf(a, 'elem') && isOf(b, 'acc'))
  return isPlain ? (joined.fn as BinaryOp) : null
}
