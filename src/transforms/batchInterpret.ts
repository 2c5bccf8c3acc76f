import { bind } from '../graph/bind.js'
import { interpret, literalTensor } from '../graph/evaluate.js'
import type { Eqn, Graph } from '../graph/graph.js'
import { speaksOf } from '../graph/namedAxes.js'
import type { Batched, Derive } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { withBatchAxis } from '../ops/movement/batching.js'

/** A value, and whether its first axis is the batch. */
export type MaybeBatched = { readonly value: Tensor; readonly batched: boolean }

const batchOf = (size: number, eqn: Eqn, args: readonly MaybeBatched[], derive: Derive): Batched => {
  const { primitive, params } = eqn
  const values = args.map((a) => a.value)
  const batched = args.map((a) => a.batched)
  if (!batched.includes(true) && !speaksOf(eqn, derive.axisName)) {
    const outs = bind(primitive, values, params)
    return { outs, batched: outs.map(() => false) }
  }
  if (primitive.batch !== 'elementwise') return primitive.batch(size, values, batched, params, derive)
  const outs = bind(
    primitive,
    args.map((a) => withBatchAxis(size, a.value, a.batched)),
    params,
  )
  return { outs, batched: outs.map(() => true) }
}

/** Interprets a graph on values, some of which stand for `size` values at once. */
export const batchInterpret = (
  size: number,
  graph: Graph,
  args: readonly MaybeBatched[],
  derive: Derive,
): readonly MaybeBatched[] =>
  interpret<MaybeBatched>(
    graph,
    args,
    (a) => ({ value: literalTensor(a), batched: false }),
    (eqn, inputs) => {
      const { outs, batched } = batchOf(size, eqn, inputs, derive)
      return outs.map((value, i) => ({ value, batched: batched[i] }))
    },
  )
