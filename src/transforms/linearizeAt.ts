import { Builder, within } from '../graph/builder.js'
import type { Graph, Var } from '../graph/graph.js'
import { Holdings } from '../graph/holdings.js'
import { type Derive, isZero, Zero } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { jvpInterpret } from './jvpGraph.js'

/** A function at a point: its outputs, and its derivative as a linear graph. */
export type LinearizedAt = {
  readonly outs: readonly Tensor[]
  /** `(residuals, nonzero tangents in) → nonzero tangents out`. */
  readonly linear: Graph
  readonly residuals: readonly Tensor[]
  readonly nonzeroOut: readonly boolean[]
}

/**
 * Evaluates a graph and records its derivative: primals are executed, or staged by the trace around,
 * and tangents go to a linear builder. The values that it captures are the residuals, which `own` holds once each.
 */
export const linearizeAt = (
  name: string,
  graph: Graph,
  primals: readonly Tensor[],
  nonzeroIn: readonly boolean[],
  derive: Derive,
  known?: ReadonlyMap<Var, Tensor>,
  own = new Holdings(),
): LinearizedAt => {
  const builder = new Builder('linear', `linearize(${name})`, (t) => own.count([t], 1))
  try {
    const args = primals.map((primal, i) => ({
      primal,
      tangent: nonzeroIn[i] ? builder.input(primal.aval, null) : new Zero(primal.aval),
    }))
    const results = within(builder, () => jvpInterpret('linearize', graph, args, derive, known, own))
    const tangents = results.flatMap((d) => (isZero(d.tangent) ? [] : [d.tangent]))
    const { graph: linear, captures } = builder.close(tangents)
    const residuals = new Set(captures)
    own.settle(
      [],
      builder.captures.filter((t) => !residuals.has(t)),
    )
    return {
      outs: results.map((d) => d.primal),
      linear,
      residuals: captures,
      nonzeroOut: results.map((d) => !isZero(d.tangent)),
    }
  } finally {
    builder.end()
  }
}
