import type { BinaryOp, Expr } from '../../../graph/kernel/expr.js'
import { operandsFirst } from './operands.js'

/** The operation, where a slot is joined by one operation of its running value and its element, which no other slot reads. */
export const singleOperation = (combine: readonly Expr[], slot: number): BinaryOp | null => {
  const joined = combine[slot]
  const others = operandsFirst(combine.filter((_, i) => i !== slot))
  if (others.some((e) => (e.op === 'acc' || e.op === 'elem') && e.slot === slot)) return null
  if (joined.op !== 'apply' || joined.args.length !== 2) return null
  const [a, b] = joined.args
  const isPlain =
    (a.op === 'acc' && b.op === 'elem' && a.slot === slot && b.slot === slot) ||
    (a.op === 'elem' && b.op === 'acc' && a.slot === slot && b.slot === slot)
  return isPlain ? (joined.fn as BinaryOp) : null
}
