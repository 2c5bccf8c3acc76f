import { evalGraph } from '../../graph/evaluate.js'
import type { Graph } from '../../graph/graph.js'
import type { Derive, Residual, Tangent } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { compress, placed } from '../rules/masks.js'
import { spreadTangents } from '../rules/rules.js'
import { partOf } from './dependence.js'

/** The position of a residual among the outputs of `forward`, which begin with the `count` outputs of the graph; `null` for an input. */
const placeOf = ({ from, index }: Residual, count: number): number | null =>
  from === 'input' ? null : from === 'output' ? index : count + index

/** The residuals, which a linear graph takes first. `outputs` are those of `forward`, beginning with the `count` outputs of the graph. */
export const residualValues = <T>(
  residuals: readonly Residual[],
  inputs: readonly T[],
  outputs: readonly T[],
  count: number,
): readonly T[] =>
  residuals.map((r) => {
    const at = placeOf(r, count)
    return at === null ? inputs[r.index] : outputs[at]
  })

/**
 * A graph at a point: its first `wanted` outputs, and its derivative as a function of the tangents of the inputs in the
 * mask. Other outputs are not computed.
 */
export const linearizedAt = (
  graph: Graph,
  primals: readonly Tensor[],
  moving: readonly boolean[],
  derive: Derive,
  wanted = 0,
): {
  readonly outs: readonly Tensor[]
  readonly push: (tangents: readonly Tensor[]) => readonly Tangent[]
} => {
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(graph, moving)
  const count = graph.outputs.length
  const needed = new Set(residuals.map((r) => placeOf(r, count)))
  const used = forward.outputs.map((_, i) => i < wanted || needed.has(i))
  const everything = forward.inputs.map(() => true)
  const computed = evalGraph(partOf(forward, everything, compress(forward.outputs, used)), primals)
  const given = residualValues(residuals, primals, placed(used, computed) as readonly Tensor[], count)
  return {
    outs: computed.slice(0, wanted),
    push: (tangents) => spreadTangents(graph.outputs, nonzeroOut, evalGraph(linear, [...given, ...tangents])),
  }
}
