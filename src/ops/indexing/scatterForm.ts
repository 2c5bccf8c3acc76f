import type { Lowering } from '../../graph/lowering.js'
import type { Batched, BatchRule } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, sameShape } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import type { HostRoutine } from '../../ir/program.js'
import { ge, lt } from '../elementwise/comparison.js'
import { and } from '../elementwise/logical.js'
import { select } from '../elementwise/select.js'
import { batchIndices, moveAxis, withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { type Accepts, mapped, requireDType, zerosLike } from '../rules/rules.js'
import { type GatherParams, windowShape } from './gather.js'

/** A scatter as a function of its operands: x, one index array an axis, updates `[...index shape, ...other axes of x]`. */
export type Scatter = (
  x: Tensor,
  indices: readonly Tensor[],
  updates: Tensor,
  axes: readonly number[],
) => Tensor

/** The operands of a scatter by name: x, one index array an axis, updates. */
export const scatterOperands = <T>(
  operands: readonly T[],
): { readonly x: T; readonly indices: readonly T[]; readonly updates: T } => ({
  x: operands[0],
  indices: operands.slice(1, -1),
  updates: operands[operands.length - 1],
})

/** Shape rule of the scatters: the result is like x. */
export const scattered =
  (name: string, kind: Accepts) =>
  (operands: readonly Aval[], { axes }: GatherParams): readonly Aval[] => {
    const { x, indices, updates } = scatterOperands(operands)
    const shape = windowShape(name, x, indices, axes)
    requireDType(name, kind, x)
    if (!sameShape(shape, updates.shape)) {
      throw new ShapeError(
        `${name}: updates of shape [${shape.join(',')}] are required, got ${formatAval(updates)}.`,
      )
    }
    if (updates.dtype !== x.dtype) {
      throw new DTypeError(
        `${name}: updates of the operand's dtype are required, got ${formatAval(updates)} for ${formatAval(x)}. Convert with astype.`,
      )
    }
    return [aval(x.shape, x.dtype, x.weakType && updates.weakType)]
  }

/** True for index tuples in range. */
export const inRange = (
  x: { readonly aval: Aval },
  indices: readonly Tensor[],
  axes: readonly number[],
): Tensor =>
  indices.map((index, k) => and(ge(index, 0), lt(index, x.aval.shape[axes[k]]))).reduce((a, b) => and(a, b))

/** `values` [...I, ...others] where `mask` [...I] holds, 0 elsewhere. */
export const zeroUnless = (mask: Tensor, values: Tensor): Tensor => {
  const dims = mask.shape.map((_, i) => i)
  return select(broadcastInDim(mask, values.shape, dims), values, zerosLike(values))
}

/** One scatter for the whole batch: the batch axis is one more axis that is indexed, or one of the others. */
export const batchScatter =
  (scatter: Scatter): BatchRule<GatherParams> =>
  (size, operands, batched, { axes }): Batched => {
    const { x, indices, updates } = scatterOperands(operands)
    const isBatched = scatterOperands(batched)
    const base = withBatchAxis(size, x, isBatched.x)
    const changes = withBatchAxis(size, updates, isBatched.updates)
    const below = axes.map((a) => a + 1)
    if (isBatched.indices.includes(true)) {
      return mapped(scatter(base, batchIndices(size, indices, isBatched.indices), changes, [0, ...below]))
    }
    // the batch axis is the first of the remaining ones, after those of the indices
    return mapped(scatter(base, indices, moveAxis(changes, 0, indices[0].ndim), below))
  }

type Combine = Extract<HostRoutine, { routine: 'scatter' }>['combine']

export const scatterRoutine =
  (combine: Combine) =>
  (_avals: readonly Aval[], { axes }: GatherParams): Lowering => ({
    kind: 'host',
    call: { routine: 'scatter', combine, axes },
  })
