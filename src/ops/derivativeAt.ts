import { evalGraph } from '../graph/evaluate.js'
import type { Graph } from '../graph/graph.js'
import type { Derive, Tangent } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { partOf } from './dependence.js'
import { spreadTangents } from './rules.js'

/**
 * The derivative of a graph at a point, as a function of the tangents of the inputs in the mask. The outputs
 * themselves are not computed.
 */
export const derivativeAt = (
  graph: Graph,
  primals: readonly Tensor[],
  moving: readonly boolean[],
  derive: Derive,
): ((tangents: readonly Tensor[]) => readonly Tangent[]) => {
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(graph, moving)
  const needed = residuals.flatMap(({ from, index }) =>
    from === 'input' ? [] : [forward.outputs[from === 'output' ? index : graph.outputs.length + index]],
  )
  const everything = forward.inputs.map(() => true)
  const values = evalGraph(partOf(forward, everything, needed), primals)
  let next = 0
  const given = residuals.map(({ from, index }) => (from === 'input' ? primals[index] : values[next++]))
  return (tangents) => spreadTangents(graph.outputs, nonzeroOut, evalGraph(linear, [...given, ...tangents]))
}
