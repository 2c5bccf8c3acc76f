import { type Atom, type Graph, newGraph } from '../graph/graph.js'
import { liveEquations } from '../graph/liveness.js'

/** Whether each output of the graph depends on its first `constants` inputs alone. */
export const invariantOutputs = (graph: Graph, constants: number): readonly boolean[] => {
  const varying = new Set<Atom>(graph.inputs.slice(constants))
  for (const eqn of graph.eqns) {
    if (eqn.effects.length > 0 || eqn.inputs.some((a) => varying.has(a)))
      for (const v of eqn.outputs) varying.add(v)
  }
  return graph.outputs.map((a) => !varying.has(a))
}

/** The part of the graph that gives `outputs`, which depend on its first `constants` inputs alone. */
export const invariantPart = (graph: Graph, constants: number, outputs: readonly Atom[]): Graph =>
  newGraph(graph.inputs.slice(0, constants), liveEquations(graph.eqns, outputs).eqns, outputs)
