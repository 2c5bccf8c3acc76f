import type { BinaryOp, Expr } from './expr.js'

/** The operation, where a slot is joined by one operation of its running value and its element, which no other slot reads. */
export const singleOperation = (combine: readonly Expr[], slot: number): BinaryOp | null => {
  const joined = combine[slot]
  // a set is iterated in the order of insertion, what is added meanwhile included
  const others = new Set(combine.filter((_, i) => i !== slot))
  for (const e of others) {
    if ((e.op === 'acc' || e.op === 'elem') && e.slot === slot) return null
    if (e.op === 'apply') for (const a of e.args) others.add(a)
  }
  if (joined.op !== 'apply' || joined.args.length !== 2) return null
  const [a, b] = joined.args
  const isOf = (e: Expr, op: 'acc' | 'elem'): boolean => e.op === op && e.slot === slot
  const isPlain = (isOf(a, 'acc') && isOf(b, 'elem')) || (isOf(a, 'elem') && isOf(b, 'acc'))
  return isPlain ? (joined.fn as BinaryOp) : null
}
