import { type Atom, type Graph, newGraph } from '../../graph/graph.js'
import { liveEquations } from '../../graph/liveness.js'
import { complement, compress } from '../rules/masks.js'

/** The atoms that depend on one of the inputs in the mask. */
const dependents = (graph: Graph, inputs: readonly boolean[]): ReadonlySet<Atom> => {
  const dependent = new Set<Atom>(compress(graph.inputs, inputs))
  for (const eqn of graph.eqns) {
    if (eqn.effects.length > 0 || eqn.inputs.some((a) => dependent.has(a)))
      for (const v of eqn.outputs) dependent.add(v)
  }
  return dependent
}

/** Whether each output of the graph depends on one of the inputs in the mask. */
export const dependentOutputs = (graph: Graph, inputs: readonly boolean[]): readonly boolean[] => {
  const dependent = dependents(graph, inputs)
  return graph.outputs.map((a) => dependent.has(a))
}

/** The part of the graph that computes `outputs`, which may depend only on the inputs in the mask. */
export const partOf = (graph: Graph, inputs: readonly boolean[], outputs: readonly Atom[]): Graph => {
  const others = dependents(graph, complement(inputs))
  const eqns = graph.eqns.filter((eqn) => !eqn.inputs.some((a) => others.has(a)))
  return newGraph(compress(graph.inputs, inputs), liveEquations(eqns, outputs).eqns, outputs)
}
