import { bind } from '../../graph/bind.js'
import { evalGraph } from '../../graph/evaluate.js'
import { type Eqn, type Graph, newGraph, type Var } from '../../graph/graph.js'
import { liveEquations } from '../../graph/liveness.js'
import { definePrimitive, isZero, type Primitive, type WholeJvp } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type DotParams, dotGeneralP } from '../matrices/dotGeneral.js'
import { maskKey } from '../rules/masks.js'
import { spreadTangents } from '../rules/rules.js'
import { type CheckpointNameParams, checkpointNameP } from './checkpointName.js'
import { type GraphParams, graphRules, nonzeroOf } from './graphRules.js'
import { residualValues } from './linearizedAt.js'

/**
 * The values that the forward pass keeps for the backward pass, which recomputes the rest: none; products of matrices
 * (`dots`), or only those without batch axes, as in layers but not in attention; or values named by `checkpointName`.
 */
export type RematPolicy =
  | 'nothing'
  | 'everything'
  | 'dots'
  | 'dotsWithoutBatch'
  | { readonly names: readonly string[] }

export type RematParams = GraphParams & { readonly policy: RematPolicy }

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

/** Two graphs: one also returns the values to keep, the other takes them instead of computing them. */
const splitAtKept = (
  graph: Graph,
  policy: RematPolicy,
): { readonly kept: readonly Var[]; readonly rest: Graph } => {
  const kept = graph.eqns.flatMap((eqn) => (isKept(policy, eqn) ? eqn.outputs : []))
  const known = new Set<Var>(kept)
  const others = graph.eqns.filter((eqn) => eqn.effects.length > 0 || !eqn.outputs.every((v) => known.has(v)))
  const { eqns, live } = liveEquations(others, graph.outputs)
  const used = kept.filter((v) => live.has(v))
  return { kept: used, rest: newGraph([...graph.inputs, ...used], eqns, graph.outputs) }
}

/**
 * The tangents are one equation of the operands, the kept values and the operands' tangents, which recomputes the
 * residuals. So does its transpose.
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
  const again = derive.stage(
    linear,
    `remat linear ${JSON.stringify(policy)} ${maskKey(mask)}`,
    [...rest.inputs, ...linear.inputs.slice(residuals.length)].map((v) => v.aval),
    (args) => {
      const values = evalGraph(rest, args.slice(0, rest.inputs.length))
      const given = residualValues(residuals, args, values, count)
      return evalGraph(linear, [...given, ...args.slice(rest.inputs.length)])
    },
  )
  const tangentsOut = nonzeroOut.includes(true)
    ? bindRemat([...primals, ...all.slice(count), ...nonzeroOf(tangents)], {
        graph: again,
        name: `linear(${name})`,
        policy: 'nothing',
      })
    : []
  return { outs, tangents: spreadTangents(graph.outputs, nonzeroOut, tangentsOut) }
}

/**
 * Runs a graph whose intermediate values are recomputed by its derivative, not kept. Passes work on its graph, but
 * never merge it with the equations around it, or they would find that the recomputed values exist already.
 * @see Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost" (2016)
 */
export const rematP: Primitive<RematParams> = definePrimitive<RematParams>({
  name: 'remat',
  ...graphRules<RematParams>('remat', (inputs, params) => bindRemat(inputs, params)),
  linearize: { whole: linearize },
})

export const bindRemat = (operands: readonly Tensor[], params: RematParams): readonly Tensor[] =>
  bind(rematP, operands, params)

/** Whether passes must not touch the equation. */
export const isKeptApart = (eqn: Eqn): boolean => eqn.primitive.name === rematP.name
