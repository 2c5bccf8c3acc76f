import type { Atom, Eqn, Graph, Var } from './graph.js'

/** The equations that the outputs (or an effect) need, and all variables that are then read. */
export const liveEquations = (
  eqns: readonly Eqn[],
  outputs: readonly Atom[],
): { readonly eqns: readonly Eqn[]; readonly live: ReadonlySet<Var> } => {
  const live = new Set<Var>()
  const read = (a: Atom) => {
    if (a.kind === 'var') live.add(a)
  }
  outputs.forEach(read)
  const kept: Eqn[] = []
  for (let i = eqns.length - 1; i >= 0; i--) {
    const eqn = eqns[i]
    if (eqn.effects.length === 0 && !eqn.outputs.some((v) => live.has(v))) continue
    eqn.inputs.forEach(read)
    kept.push(eqn)
  }
  return { eqns: kept.reverse(), live }
}

/** The variables that each equation is the last to read (or binds, if none reads them), except outputs. */
export const lastUses = (graph: Pick<Graph, 'eqns' | 'outputs'>): readonly (readonly Var[])[] => {
  const seen = new Set<Var>()
  for (const a of graph.outputs) if (a.kind === 'var') seen.add(a)
  const uses = new Array<readonly Var[]>(graph.eqns.length)
  for (let i = graph.eqns.length - 1; i >= 0; i--) {
    const eqn = graph.eqns[i]
    const last: Var[] = []
    for (const a of [...eqn.inputs, ...eqn.outputs]) {
      if (a.kind === 'var' && !seen.has(a)) {
        seen.add(a)
        last.push(a)
      }
    }
    uses[i] = last
  }
  return uses
}
