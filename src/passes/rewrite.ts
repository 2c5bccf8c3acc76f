import { type Atom, type Eqn, type Graph, newEqn, newGraph, type Var } from '../graph/graph.js'
import { liveEquations } from '../graph/liveness.js'

/**
 * The loop of a pass that replaces values: `step` sees each equation with its inputs already replaced, and
 * says what its outputs become (`null`: they stay). Equations that nothing reads any more are dropped. A graph that
 * nothing was replaced in is returned itself, so passes that did nothing are seen to.
 */
export const rewrite = (
  graph: Graph,
  step: (eqn: Eqn, replaced: ReadonlyMap<Var, Atom>) => readonly Atom[] | null,
): Graph => {
  const replaced = new Map<Var, Atom>()
  const substitute = (a: Atom): Atom => (a.kind === 'var' ? (replaced.get(a) ?? a) : a)
  const eqns: Eqn[] = []
  for (const old of graph.eqns) {
    const inputs = old.inputs.map(substitute)
    const eqn = inputs.every((a, i) => a === old.inputs[i])
      ? old
      : newEqn(old.primitive, old.params, inputs, old.outputs, old.source)
    const values = eqn.effects.length > 0 ? null : step(eqn, replaced)
    if (values === null) eqns.push(eqn)
    else {
      eqn.outputs.forEach((v, i) => {
        replaced.set(v, values[i])
      })
    }
  }
  if (replaced.size === 0) return graph
  const outputs = graph.outputs.map(substitute)
  return newGraph(graph.inputs, liveEquations(eqns, outputs).eqns, outputs)
}
