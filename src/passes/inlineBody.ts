import { type Graph, subGraphs } from '../graph/graph.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import type { Aval } from '../ir/aval.js'

/** The graph that an operation is no more than, if there is one: a call's, or what a custom rule surrounds. */
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
