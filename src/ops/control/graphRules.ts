import type { Graph } from '../../graph/graph.js'
import type { Lowering } from '../../graph/lowering.js'
import {
  type BatchRule,
  isLinear,
  isZero,
  type Tangent,
  type TransposeRule,
  type WholeJvp,
} from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import type { Aval } from '../../ir/aval.js'
import { internal } from '../../ir/errors.js'
import { compress, placed } from '../rules/masks.js'
import { spreadTangents } from '../rules/rules.js'

/** Runs a graph as one operation, under a name. */
export type GraphParams = { readonly graph: Graph; readonly name: string }

/** The nonzero tangents (or cotangents). */
export const nonzeroOf = (tangents: readonly Tangent[]): readonly Tensor[] =>
  tangents.flatMap((t) => (isZero(t) ? [] : [t]))

/**
 * The rules of a primitive that runs a graph: the same primitive runs the graphs that are derived from it.
 * `linearize` is left out, since it is where such primitives differ.
 */
export const graphRules = <P extends GraphParams>(
  primitive: string,
  run: (inputs: readonly Tensor[], params: P) => readonly Tensor[],
) => {
  const shape = (avals: readonly Aval[], { graph, name }: P): readonly Aval[] => {
    if (avals.length !== graph.inputs.length)
      throw internal(`${primitive} of ${name}: ${graph.inputs.length} inputs, got ${avals.length}`)
    return graph.outputs.map((a) => a.aval)
  }
  const jvp: WholeJvp<P> = (primals, tangents, p, derive) => {
    const { graph, nonzeroOut } = derive.jvp(
      p.graph,
      tangents.map((t) => !isZero(t)),
    )
    const all = run([...primals, ...nonzeroOf(tangents)], { ...p, graph, name: `jvp(${p.name})` })
    const count = p.graph.outputs.length
    return {
      outs: all.slice(0, count),
      tangents: spreadTangents(p.graph.outputs, nonzeroOut, all.slice(count)),
    }
  }
  const transpose: TransposeRule<P> = (cts, operands, p, derive) => {
    const linear = operands.map(isLinear)
    const { graph, nonzeroOut } = derive.transpose(
      p.graph,
      linear,
      cts.map((t) => !isZero(t)),
    )
    const values = operands.filter((o): o is Tensor => !isLinear(o))
    const outs = nonzeroOut.includes(true)
      ? run([...values, ...nonzeroOf(cts)], { ...p, graph, name: `transpose(${p.name})` })
      : []
    return placed(linear, spreadTangents(compress(operands, linear), nonzeroOut, outs))
  }
  const batch: BatchRule<P> = (size, xs, batched, p, derive) => {
    const derived = derive.batch(p.graph, size, batched)
    const outs = run(xs, { ...p, graph: derived.graph, name: `vmap(${p.name})` })
    return { outs, batched: derived.batched }
  }
  const lower = (_avals: readonly Aval[], { graph }: P): Lowering => ({ kind: 'inline', graph })
  return { abstractEval: shape, jvp: { whole: jvp }, transpose, batch, lower }
}
