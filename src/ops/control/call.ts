import { bind } from '../../graph/bind.js'
import type { Graph } from '../../graph/graph.js'
import { definePrimitive, isZero, type Primitive, type WholeJvp } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { spreadTangents } from '../rules/rules.js'
import { type GraphParams, graphRules, nonzeroOf } from './graphRules.js'
import { residualValues } from './linearizedAt.js'

/** A sub-graph linearized: one call for outputs and residuals, one linear call for tangents. */
const linearize: WholeJvp<GraphParams> = (primals, tangents, { graph, name }, derive) => {
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(
    graph,
    tangents.map((t) => !isZero(t)),
  )
  const all = call(forward, name, primals)
  const count = graph.outputs.length
  const outs = all.slice(0, count)
  const values = residualValues(residuals, primals, all, count)
  const tangentsOut = nonzeroOut.includes(true)
    ? call(linear, `linear(${name})`, [...values, ...nonzeroOf(tangents)])
    : []
  return { outs, tangents: spreadTangents(graph.outputs, nonzeroOut, tangentsOut) }
}

/** Runs a graph as one operation; `jit` makes these. */
export const callP: Primitive<GraphParams> = definePrimitive<GraphParams>({
  name: 'call',
  ...graphRules<GraphParams>('call', (inputs, { graph, name }) => call(graph, name, inputs)),
  linearize: { whole: linearize },
})

/** Applies a closed graph to tensors as one equation. */
export const call = (graph: Graph, name: string, inputs: readonly Tensor[]): readonly Tensor[] =>
  bind(callP, inputs, { graph, name })
