import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { GradError } from '../../ir/errors.js'
import { gather } from '../indexing/gather.js'
import { moveAxis, withBatchAxis } from '../movement/batching.js'
import { iota } from '../movement/iota.js'
import { reduceSum } from '../reductions/reduceSum.js'
import { mapped, only } from '../rules/rules.js'

export type NamedAxisParams = { readonly axisName: string; readonly size: number }

const unbound = (operation: string, { axisName }: NamedAxisParams): GradError =>
  new GradError(
    `${operation}: the axis '${axisName}' must be bound by vmap when the value is computed, got none. Use it inside the function that vmap is given.`,
  )

/**
 * The values of all lanes of a named axis, for each of them. x: [...s] → [size, ...s]. The `vmap` of that name turns it
 * into x itself, whose batch axis becomes one like others.
 */
export const allGatherP = definePrimitive<NamedAxisParams>({
  name: 'allGather',
  abstractEval: ([x], { size }) => [aval([size, ...x.shape], x.dtype, x.weakType)],
  jvp: 'linear',
  linearize: 'fromJvp',
  // y_j = (x_0, x_1, …) in every lane j, so lane i has Σ_j ct_j[i]
  transpose: (cts, _operands, p) => [gather(reduceSum(gatherLanes(only(cts), p), [0]), [laneIndex(p)], [0])],
  batch: (size, [x], [batched], p, { axisName }) =>
    axisName === p.axisName
      ? { outs: [withBatchAxis(size, x, batched)], batched: [false] }
      : mapped(moveAxis(gatherLanes(x, p), 1, 0)),
  lower: (_avals, p) => {
    throw unbound('allGather', p)
  },
})

/** The number of this lane along a named axis, int32. */
export const axisIndexP = definePrimitive<NamedAxisParams>({
  name: 'axisIndex',
  abstractEval: () => [aval([], 'int32')],
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (size) => mapped(iota('int32', [size], 0)),
  lower: (_avals, p) => {
    throw unbound('axisIndex', p)
  },
})

/** `allGather` along the leading axis. @internal */
export const gatherLanes = (x: Tensor, p: NamedAxisParams): Tensor => bind1(allGatherP, [x], p)

/** The primitive. @internal */
export const laneIndex = (p: NamedAxisParams): Tensor => bind1(axisIndexP, [], p)
