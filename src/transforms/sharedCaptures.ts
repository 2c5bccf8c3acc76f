import { type Graph, newGraph, newVar } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import type { Traced } from '../graph/trace.js'

type Closed = Pick<Traced, 'graph' | 'captures'>

/** The graphs of several functions, each with the captured values of all as its leading inputs, used or not. */
export const shareCaptures = (
  traced: readonly Closed[],
): { readonly captures: readonly Tensor[]; readonly graphs: readonly Graph[] } => {
  const captures = [...new Set(traced.flatMap((t) => t.captures))]
  return { captures, graphs: traced.map((t) => withCaptures(t, captures)) }
}

const withCaptures = ({ graph, captures }: Closed, all: readonly Tensor[]): Graph => {
  const own = graph.inputs.slice(captures.length)
  const leading = all.map((t) => {
    const at = captures.indexOf(t)
    return at >= 0 ? graph.inputs[at] : newVar(t.aval)
  })
  return newGraph([...leading, ...own], graph.eqns, graph.outputs)
}
