import { bind } from '../graph/bind.js'
import { internal } from '../graph/errors.js'
import { evalGraph } from '../graph/evaluate.js'
import { type Eqn, type Graph, newGraph, type Var } from '../graph/graph.js'
import { liveEquations } from '../graph/liveness.js'
import { definePrimitive, isLinear, isZero, type TransposeRule, type WholeJvp } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { type CheckpointNameParams, checkpointNameP } from './checkpointName.js'
import { type DotParams, dotGeneralP } from './dotGeneral.js'
import { masked, maskKey } from './masks.js'
import { spreadTangents } from './rules.js'

/**
 * What the forward pass keeps for the backward one, which computes the rest again: nothing; products of matrices
 * (`dots`), or only those without batch axes, as in layers but not in attention; or values named by `checkpointName`.
 */
export type RematPolicy =
  | 'nothing'
  | 'everything'
  | 'dots'
  | 'dotsWithoutBatch'
  | { readonly names: readonly string[] }

export type RematParams = { readonly graph: Graph; readonly name: string; readonly policy: RematPolicy }

const isKept = (policy: RematPolicy, { primitive, params }: Eqn): boolean => {
  if (policy === 'nothing') return false
  if (policy === 'everything') return true
  if (typeof policy === 'object')
    return (
      primitive.name === checkpointNameP.name && policy.names.includes((params as CheckpointNameParams).name)
    )
  if (primitive.name !== dotGeneralP.name) return false
  return policy === 'dots' || (params as DotParams).lhsBatch.length === 0
}

/** The graph that also returns what is kept, and the same that is given it instead of computing it. */
const splitAtKept = (
  graph: Graph,
  policy: RematPolicy,
): { readonly kept: readonly Var[]; readonly rest: Graph } => {
  const kept = graph.eqns.flatMap((eqn) => (isKept(policy, eqn) ? eqn.outputs : []))
  const known = new Set<Var>(kept)
  const others = graph.eqns.filter((eqn) => !eqn.outputs.every((v) => known.has(v)))
  const { eqns, live } = liveEquations(others, graph.outputs)
  const used = kept.filter((v) => live.has(v))
  return { kept: used, rest: newGraph([...graph.inputs, ...used], eqns, graph.outputs) }
}

/**
 * The tangents are one equation of the operands, what is kept and the operands' tangents: it computes the residuals
 * again. So does its transpose.
 */
const linearize: WholeJvp<RematParams> = (primals, tangents, { graph, name, policy }, derive) => {
  const mask = tangents.map((t) => !isZero(t))
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(graph, mask)
  const count = graph.outputs.length
  const { kept, rest } = splitAtKept(forward, policy)
  const keeping = derive.stage(
    forward,
    `remat keep ${JSON.stringify(policy)}`,
    forward.inputs.map((v) => v.aval),
    (args) =>
      evalGraph(newGraph(forward.inputs, forward.eqns, [...forward.outputs.slice(0, count), ...kept]), args),
  )
  const all = bindRemat(primals, { graph: keeping, name, policy: 'nothing' })
  const outs = all.slice(0, count)
  const moving = masked(tangents, mask).flatMap((t) => (isZero(t) ? [] : [t]))
  const again = derive.stage(
    linear,
    `remat linear ${JSON.stringify(policy)} ${maskKey(mask)}`,
    [...rest.inputs, ...linear.inputs.slice(residuals.length)].map((v) => v.aval),
    (args) => {
      const values = evalGraph(rest, args.slice(0, rest.inputs.length))
      const given = residuals.map(({ from, index }) =>
        from === 'input' ? args[index] : values[from === 'output' ? index : count + index],
      )
      return evalGraph(linear, [...given, ...args.slice(rest.inputs.length)])
    },
  )
  const tangentsOut = nonzeroOut.includes(true)
    ? bindRemat([...primals, ...all.slice(count), ...moving], {
        graph: again,
        name: `linear(${name})`,
        policy: 'nothing',
      })
    : []
  return { outs, tangents: spreadTangents(graph.outputs, nonzeroOut, tangentsOut) }
}

const jvp: WholeJvp<RematParams> = (primals, tangents, { graph, name, policy }, derive) => {
  const mask = tangents.map((t) => !isZero(t))
  const derived = derive.jvp(graph, mask)
  const moving = tangents.flatMap((t) => (isZero(t) ? [] : [t]))
  const all = bindRemat([...primals, ...moving], { graph: derived.graph, name: `jvp(${name})`, policy })
  const count = graph.outputs.length
  return {
    outs: all.slice(0, count),
    tangents: spreadTangents(graph.outputs, derived.nonzeroOut, all.slice(count)),
  }
}

const transpose: TransposeRule<RematParams> = (cts, operands, { graph, name, policy }, derive) => {
  const linear = operands.map(isLinear)
  const nonzero = cts.map((t) => !isZero(t))
  const derived = derive.transpose(graph, linear, nonzero)
  const values = operands.filter((o): o is Tensor => !isLinear(o))
  const given = cts.flatMap((t) => (isZero(t) ? [] : [t]))
  const outs = derived.nonzeroOut.includes(true)
    ? bindRemat([...values, ...given], { graph: derived.graph, name: `transpose(${name})`, policy })
    : []
  const found = spreadTangents(masked(operands, linear), derived.nonzeroOut, outs)
  let next = 0
  return linear.map((b) => (b ? found[next++] : null))
}

/**
 * Runs a graph, whose intermediate values a derivative computes again instead of keeping. Passes neither enter it nor
 * merge it with another, or what is computed again would be found to be there already.
 * @see Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost" (2016)
 */
export const rematP = definePrimitive<RematParams>({
  name: 'remat',
  abstractEval: (avals, { graph, name }) => {
    if (avals.length !== graph.inputs.length)
      throw internal(`remat of ${name}: ${graph.inputs.length} inputs, got ${avals.length}`)
    return graph.outputs.map((a) => a.aval)
  },
  jvp: { whole: jvp },
  linearize: { whole: linearize },
  transpose,
  batch: (size, xs, batched, { graph, name, policy }, derive) => {
    const derived = derive.batch(graph, size, batched)
    const outs = bindRemat(xs, { graph: derived.graph, name: `vmap(${name})`, policy })
    return { outs, batched: derived.batched }
  },
  lower: (_avals, { graph }) => ({ kind: 'inline', graph }),
})

export const bindRemat = (operands: readonly Tensor[], params: RematParams): readonly Tensor[] =>
  bind(rematP, operands, params)

/** Whether passes have to leave the equation as it is. */
export const isKeptApart = (eqn: Eqn): boolean => eqn.primitive.name === rematP.name
