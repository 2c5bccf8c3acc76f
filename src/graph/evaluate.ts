import { internal } from '../ir/errors.js'
import { bind } from './bind.js'
import type { Atom, Eqn, Graph, Var } from './graph.js'
import { lastUses } from './liveness.js'
import { withSite } from './sourceSite.js'
import { splat, type Tensor } from './tensor.js'

/**
 * Runs a graph in order, with `step` giving each equation's outputs. All transforms share this
 * loop: to transform is to interpret differently. `after` gets the values just bound and those just read for the last time.
 */
export const interpret = <T>(
  graph: Graph,
  args: readonly T[],
  literal: (a: Extract<Atom, { kind: 'lit' }>) => T,
  step: (eqn: Eqn, inputs: readonly T[]) => readonly T[],
  after?: (bound: readonly T[], dropped: readonly T[]) => void,
): readonly T[] => {
  if (args.length !== graph.inputs.length)
    throw internal(`graph of ${graph.inputs.length} inputs got ${args.length}`)
  // each is dropped after its last use
  const values = new Map<Var, T>(graph.inputs.map((v, i) => [v, args[i]]))
  const get = (a: Atom): T => {
    if (a.kind === 'lit') return literal(a)
    const value = values.get(a)
    if (value === undefined) throw internal(`variable ${a.id} is not bound`)
    return value
  }
  const last = lastUses(graph)
  graph.eqns.forEach((eqn, i) => {
    const outs = withSite(eqn.source, () => step(eqn, eqn.inputs.map(get)))
    eqn.outputs.forEach((v, j) => {
      values.set(v, outs[j])
    })
    const dropped = last[i].map(get)
    for (const v of last[i]) values.delete(v)
    after?.(outs, dropped)
  })
  return graph.outputs.map(get)
}

export const literalTensor = (a: Extract<Atom, { kind: 'lit' }>): Tensor => splat(a.value, a.aval)

/** An equation's outputs, if all are computed already; an equation with effects must always run. */
export const knownOutputs = (
  eqn: Eqn,
  known: ReadonlyMap<Var, Tensor> | undefined,
): readonly Tensor[] | null =>
  known !== undefined && eqn.effects.length === 0 && eqn.outputs.every((v) => known.has(v))
    ? eqn.outputs.map((v) => known.get(v) as Tensor)
    : null

/** Runs a graph on tensors: executes it, or records it in the open trace. `known`: values already computed. */
export const evalGraph = (
  graph: Graph,
  args: readonly Tensor[],
  known?: ReadonlyMap<Var, Tensor>,
): readonly Tensor[] =>
  interpret(
    graph,
    args,
    literalTensor,
    (eqn, inputs) => knownOutputs(eqn, known) ?? bind(eqn.primitive, inputs, eqn.params),
  )
