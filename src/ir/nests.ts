import type { Shape } from './aval.js'
import type { Expr, Load } from './expr.js'
import { type Contract, type Kernel, spaceOf } from './program.js'

/** A step whose outputs are expressions at the points of a space. */
export type Nest = Kernel | Contract

/** The space of a nest's outputs. */
export const nestSpace = (step: Nest): Shape => (step.kind === 'kernel' ? step.space : spaceOf(step))

/** All expressions that a nest evaluates. */
export const rootsOf = (step: Nest): readonly Expr[] => {
  const values = step.outputs.map((o) => o.value)
  return step.kind === 'kernel'
    ? [...values, ...(step.reduction?.element ?? [])]
    : [step.lhs, step.rhs, ...values]
}

/** The loads of expressions, indices of loads included. */
export const loadsOf = (roots: readonly Expr[]): readonly Load[] => {
  const nodes = new Set<Expr>(roots)
  const loads: Load[] = []
  for (const e of nodes) {
    if (e.op === 'load') {
      loads.push(e)
      for (const d of e.dynamic) nodes.add(d.index)
    } else if (e.op === 'apply') for (const a of e.args) nodes.add(a)
  }
  return loads
}
