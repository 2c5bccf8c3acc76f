import type { Expr } from '../../../ir/expr.js'
import type { Kernel } from '../../../ir/program.js'

/** The nodes that a node's value is made of. */
export const operands = (e: Expr): readonly Expr[] => {
  if (e.op === 'load') return e.dynamic.map((d) => d.index)
  return e.op === 'apply' ? e.args : []
}

/** All nodes below the roots, each once, operands first. */
export const operandsFirst = (roots: readonly Expr[]): readonly Expr[] => {
  const order = new Set<Expr>()
  const pending = [...roots].reverse()
  while (pending.length > 0) {
    const e = pending[pending.length - 1]
    const missing = order.has(e) ? [] : operands(e).filter((o) => !order.has(o))
    if (missing.length === 0) {
      order.add(e)
      pending.pop()
    } else pending.push(...missing)
  }
  return [...order]
}

/** All nodes of a kernel. */
export const nodesOf = ({ reduction, outputs }: Kernel): readonly Expr[] =>
  operandsFirst([
    ...(reduction?.element ?? []),
    ...(reduction?.combine ?? []),
    ...outputs.map((o) => o.value),
  ])

/** For each node, the loops that it moves with, as bits. */
export const dependence = (nodes: readonly Expr[], moves: (e: Expr) => number): ReadonlyMap<Expr, number> => {
  const found = new Map<Expr, number>()
  for (const e of nodes)
    found.set(
      e,
      operands(e).reduce((bits, o) => bits | (found.get(o) ?? 0), moves(e)),
    )
  return found
}
