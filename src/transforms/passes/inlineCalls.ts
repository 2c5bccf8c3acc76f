import { type Atom, type Eqn, type Graph, newEqn, newGraph, newVar, type Var } from '../../graph/graph.js'
import { isKeptApart } from '../../ops/remat.js'
import { inlineBody } from './inlineBody.js'
import { inSubGraphs } from './subGraphs.js'

/**
 * Replaces every call (and custom rule, which no longer matters) by the equations of its graph, so that other passes see
 * across the border; in loops and branches too.
 */
export const inlineCalls = (graph: Graph): Graph => {
  if (graph.eqns.every((e) => bodyOf(e) === null)) return inSubGraphs(inlineCalls)(graph)
  const eqns: Eqn[] = []
  const outputs = splice(graph, graph.inputs, eqns, false)
  return inSubGraphs(inlineCalls)(newGraph(graph.inputs, eqns, outputs))
}

const bodyOf = (eqn: Eqn): Graph | null =>
  isKeptApart(eqn)
    ? null
    : inlineBody(
        eqn.primitive,
        eqn.params,
        eqn.inputs.map((a) => a.aval),
        eqn.outputs.map((v) => v.aval),
      )

/** Appends the equations of `graph` applied to `args`; `rename`: with variables of their own. */
const splice = (graph: Graph, args: readonly Atom[], into: Eqn[], rename: boolean): readonly Atom[] => {
  const values = new Map<Var, Atom>(graph.inputs.map((v, i) => [v, args[i]]))
  const get = (a: Atom): Atom => (a.kind === 'var' ? (values.get(a) ?? a) : a)
  for (const eqn of graph.eqns) {
    const inputs = eqn.inputs.map(get)
    const body = bodyOf(eqn)
    if (body !== null) {
      const outs = splice(body, inputs, into, true)
      eqn.outputs.forEach((v, i) => {
        values.set(v, outs[i])
      })
      continue
    }
    const outputs = rename ? eqn.outputs.map((v) => newVar(v.aval)) : eqn.outputs
    eqn.outputs.forEach((v, i) => {
      values.set(v, outputs[i])
    })
    into.push(newEqn(eqn.primitive, eqn.params, inputs, outputs, eqn.source))
  }
  return graph.outputs.map(get)
}
