import type { BinaryOp, Expr, Load } from './expr.js'

/** The nodes whose values a node's own value is made of: arguments, and the computed indices of a load. */
export const operands = (e: Expr): readonly Expr[] => {
  if (e.op === 'load') return e.dynamic.map((d) => d.index)
  return e.op === 'apply' ? e.args : []
}

/** Every node of some expressions, once, from the roots down. `below`: the nodes that a node leads to. */
export const nodesOf = (
  roots: readonly Expr[],
  below: (e: Expr) => readonly Expr[] = operands,
): ReadonlySet<Expr> => {
  // a set is iterated in the order of insertion, with the nodes that are added meanwhile
  const nodes = new Set(roots)
  for (const e of nodes) for (const o of below(e)) nodes.add(o)
  return nodes
}

/** Every node of some expressions, once, operands first: the order in which they can be computed. */
export const operandsFirst = (
  roots: readonly Expr[],
  below: (e: Expr) => readonly Expr[] = operands,
): readonly Expr[] => {
  const order = new Set<Expr>()
  const pending = [...roots].reverse()
  while (pending.length > 0) {
    const e = pending[pending.length - 1]
    const missing = order.has(e) ? [] : below(e).filter((o) => !order.has(o))
    if (missing.length === 0) {
      order.add(e)
      pending.pop()
    } else pending.push(...missing)
  }
  return [...order]
}

/** The loads of some expressions, those of computed indices included. */
export const loadsOf = (roots: readonly Expr[]): readonly Load[] =>
  [...nodesOf(roots)].filter((e) => e.op === 'load')

/** The slots of a reduction that some expressions read, as running values or as elements. */
export const slotsOf = (roots: readonly Expr[]): ReadonlySet<number> =>
  new Set([...nodesOf(roots)].flatMap((e) => (e.op === 'acc' || e.op === 'elem' ? [e.slot] : [])))

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
