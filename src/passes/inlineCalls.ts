import {
  type Atom,
  type Eqn,
  type Graph,
  newEqn,
  newGraph,
  newVar,
  subGraphs,
  type Var,
} from '../graph/graph.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import { hasHostFunctions } from '../graph/structuralKey.js'
import type { Aval } from '../ir/aval.js'
import { isKeptApart } from '../ops/control/remat.js'
import { inSubGraphs } from './subGraphs.js'

/** The graph that an operation stands for, if there is one: a call's, or the one inside a custom rule. */
export const inlineBody = (
  primitive: AnyPrimitive,
  params: object,
  inputs: readonly Aval[],
  outputs: readonly Aval[],
): Graph | null => {
  if (subGraphs(params).length === 0) return null
  const lowering = primitive.lower(inputs, params, outputs)
  return lowering.kind === 'inline' ? lowering.graph : null
}

/** The graph that an equation is replaced by; `null`: it stays. */
type BodyOf = (eqn: Eqn) => Graph | null

const bodyOf: BodyOf = (eqn) =>
  inlineBody(
    eqn.primitive,
    eqn.params,
    eqn.inputs.map((a) => a.aval),
    eqn.outputs.map((v) => v.aval),
  )

/** Replaces the chosen equations that are no more than a graph by its equations; in loops and branches too. */
const inlineWhere =
  (chosen: (eqn: Eqn) => boolean) =>
  (graph: Graph): Graph => {
    const body: BodyOf = (eqn) => (chosen(eqn) ? bodyOf(eqn) : null)
    const within = inSubGraphs(inlineWhere(chosen))
    if (graph.eqns.every((e) => body(e) === null)) return within(graph)
    const eqns: Eqn[] = []
    const outputs = splice(graph, graph.inputs, eqns, false, body)
    return within(newGraph(graph.inputs, eqns, outputs))
  }

/**
 * Replaces every call (and custom rule, which no longer matters) by the equations of its graph, so that other passes see
 * across the border; in loops and branches too.
 */
export const inlineCalls = inlineWhere((eqn) => !isKeptApart(eqn))

/** Replaces functions with custom rules by their equations: the rules are lost, calls and the rest stay. */
export const inlineCustomRules = inlineWhere((eqn) => hasHostFunctions(eqn.params))

/** Appends the equations of `graph` applied to `args`; `rename`: with variables of their own. */
const splice = (
  graph: Graph,
  args: readonly Atom[],
  into: Eqn[],
  rename: boolean,
  bodyOf: BodyOf,
): readonly Atom[] => {
  const values = new Map<Var, Atom>(graph.inputs.map((v, i) => [v, args[i]]))
  const get = (a: Atom): Atom => (a.kind === 'var' ? (values.get(a) ?? a) : a)
  for (const eqn of graph.eqns) {
    const inputs = eqn.inputs.map(get)
    const body = bodyOf(eqn)
    if (body !== null) {
      const outs = splice(body, inputs, into, true, bodyOf)
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
