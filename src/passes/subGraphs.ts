import { type Eqn, type Graph, isGraph, newEqn, newGraph, subGraphs } from '../graph/graph.js'

/** Rewrites the graphs within equations (bodies of loops, branches) by `pass`, one level deep. */
export const inSubGraphs =
  (pass: (graph: Graph) => Graph) =>
  (graph: Graph): Graph => {
    const eqns = graph.eqns.map((eqn) => (subGraphs(eqn.params).length === 0 ? eqn : rewritten(eqn, pass)))
    return eqns.every((e, i) => e === graph.eqns[i]) ? graph : newGraph(graph.inputs, eqns, graph.outputs)
  }

const rewritten = (eqn: Eqn, pass: (graph: Graph) => Graph): Eqn => {
  const change = (value: unknown): unknown => {
    if (isGraph(value)) return pass(value)
    return Array.isArray(value) && value.every(isGraph) ? value.map(pass) : value
  }
  const entries = Object.entries(eqn.params).map(([key, value]) => [key, value, change(value)] as const)
  const same = entries.every(([, before, after]) =>
    Array.isArray(before) && Array.isArray(after) ? before.every((g, i) => g === after[i]) : before === after,
  )
  if (same) return eqn
  const params = Object.fromEntries(entries.map(([key, , after]) => [key, after]))
  return newEqn(eqn.primitive, params, eqn.inputs, eqn.outputs, eqn.source)
}
