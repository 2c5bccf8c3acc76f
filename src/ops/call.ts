import { bind } from '../graph/bind.js'
import { internal } from '../graph/errors.js'
import type { Graph } from '../graph/graph.js'
import { type Derive, definePrimitive, isLinear, isZero, type Tangent, Zero } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { spreadTangents } from './rules.js'

export type CallParams = { readonly graph: Graph; readonly name: string }

/** Runs a graph as one operation; `jit` makes these. */
export const callP = definePrimitive<CallParams>({
  name: 'call',
  abstractEval: (avals, { graph, name }) => {
    if (avals.length !== graph.inputs.length)
      throw internal(`call of ${name}: ${graph.inputs.length} inputs, got ${avals.length}`)
    return graph.outputs.map((a) => a.aval)
  },
  jvp: {
    whole: (primals, tangents, { graph, name }, derive) => {
      const nonzero = tangents.map((t) => !isZero(t))
      const { graph: derived, nonzeroOut } = derive.jvp(graph, nonzero)
      const all = call(derived, `jvp(${name})`, [
        ...primals,
        ...tangents.filter((t): t is Tensor => !isZero(t)),
      ])
      const count = graph.outputs.length
      return {
        outs: all.slice(0, count),
        tangents: spreadTangents(graph.outputs, nonzeroOut, all.slice(count)),
      }
    },
  },
  linearize: {
    whole: (primals, tangents, { graph, name }, derive) =>
      linearizeGraphCall(graph, name, primals, tangents, derive),
  },
  transpose: (cts, operands, { graph, name }, derive) => {
    const linear = operands.map(isLinear)
    const { graph: transposed, nonzeroOut } = derive.transpose(
      graph,
      linear,
      cts.map((t) => !isZero(t)),
    )
    const values = operands.filter((o): o is Tensor => !isLinear(o))
    const outs = call(transposed, `transpose(${name})`, [
      ...values,
      ...cts.filter((t): t is Tensor => !isZero(t)),
    ])
    let next = 0
    let k = 0
    return operands.map((o) => (!isLinear(o) ? null : nonzeroOut[k++] ? outs[next++] : new Zero(o.aval)))
  },
  batch: (size, xs, batched, { graph, name }, derive) => {
    const derived = derive.batch(graph, size, batched)
    return { outs: call(derived.graph, `vmap(${name})`, xs), batched: derived.batched }
  },
  lower: (_avals, { graph }) => ({ kind: 'inline', graph }),
})

/** Applies a closed graph to tensors as one equation. */
export const call = (graph: Graph, name: string, inputs: readonly Tensor[]): readonly Tensor[] =>
  bind(callP, inputs, { graph, name })

/** A sub-graph linearized: one call for outputs and residuals, one linear call for tangents. */
export const linearizeGraphCall = (
  graph: Graph,
  name: string,
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
  derive: Derive,
) => {
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(
    graph,
    tangents.map((t) => !isZero(t)),
  )
  const all = call(forward, name, primals)
  const count = graph.outputs.length
  const outs = all.slice(0, count)
  const values = residuals.map(({ from, index }) =>
    from === 'input' ? primals[index] : from === 'output' ? outs[index] : all[count + index],
  )
  const moving = tangents.filter((t): t is Tensor => !isZero(t))
  const tangentOuts = nonzeroOut.includes(true) ? call(linear, `linear(${name})`, [...values, ...moving]) : []
  return { outs, tangents: spreadTangents(graph.outputs, nonzeroOut, tangentOuts) }
}
