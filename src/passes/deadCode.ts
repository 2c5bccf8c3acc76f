import { type Graph, newGraph } from '../graph/graph.js'
import { liveEquations } from '../graph/liveness.js'

/** Removes equations that neither an output nor an effect needs. */
export const deadCode = (graph: Graph): Graph => {
  const { eqns } = liveEquations(graph.eqns, graph.outputs)
  return eqns.length === graph.eqns.length ? graph : newGraph(graph.inputs, eqns, graph.outputs)
}
