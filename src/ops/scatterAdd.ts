import { type Aval, aval, formatAval, sameShape } from '../graph/aval.js'
import { bind1 } from '../graph/bind.js'
import { DTypeError, ShapeError } from '../graph/errors.js'
import { definePrimitive, isLinear, isZero, Zero } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { batchIndices, moveAxis, withBatchAxis } from './batching.js'
import { broadcastInDim } from './broadcast.js'
import { ge, lt } from './comparison.js'
import { type GatherParams, gather, windowShape } from './gather.js'
import { and } from './logical.js'
import { instantiate, mapped, only, requireDType, zerosLike } from './rules.js'
import { select } from './select.js'

const scattered = (x: Aval, indices: readonly Aval[], updates: Aval, axes: readonly number[]): Aval => {
  const shape = windowShape('scatterAdd', x, indices, axes)
  requireDType('scatterAdd', 'number', x)
  if (!sameShape(shape, updates.shape)) {
    throw new ShapeError(
      `scatterAdd: updates of shape [${shape.join(',')}] are required, got ${formatAval(updates)}.`,
    )
  }
  if (updates.dtype !== x.dtype) {
    throw new DTypeError(
      `scatterAdd: updates of the operand's dtype are required, got ${formatAval(updates)} for ${formatAval(x)}. Convert with astype.`,
    )
  }
  return aval(x.shape, x.dtype, x.weakType && updates.weakType)
}

/** Which index tuples lie in range. */
const inRange = (x: Aval, indices: readonly Tensor[], axes: readonly number[]): Tensor =>
  indices.map((index, k) => and(ge(index, 0), lt(index, x.shape[axes[k]]))).reduce((a, b) => and(a, b))

/** The operands' parts: x, one index array an axis, updates. */
const parts = <T>(
  operands: readonly T[],
): { readonly x: T; readonly indices: readonly T[]; readonly updates: T } => ({
  x: operands[0],
  indices: operands.slice(1, -1),
  updates: operands[operands.length - 1],
})

/**
 * x with `updates` added at computed positions, in order; those out of range are dropped.
 * Linear in x and updates. Transposes: x ← ct, updates ← ct at their positions, 0 where dropped.
 */
export const scatterAddP = definePrimitive<GatherParams>({
  name: 'scatterAdd',
  abstractEval: (avals, { axes }) => {
    const { x, indices, updates } = parts(avals)
    return [scattered(x, indices, updates, axes)]
  },
  jvp: {
    // d scatterAdd(x, i, u) = scatterAdd(dx, i, du)
    whole: (primals, tangents, { axes }) => {
      const { x, indices, updates } = parts(primals)
      const dx = tangents[0]
      const du = tangents[tangents.length - 1]
      const out = scatterAdd(x, indices, updates, axes)
      if (isZero(du)) return { outs: [out], tangents: [isZero(dx) ? new Zero(out.aval) : dx] }
      return { outs: [out], tangents: [scatterAdd(instantiate(dx), indices, du, axes)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { axes }) => {
    const ct = only(cts)
    const { x, indices, updates } = parts(operands)
    const at = indices as readonly Tensor[]
    const own = () => {
      const read = gather(ct, at, axes)
      const mask = inRange(x.aval, at, axes)
      const dims = mask.shape.map((_, i) => i)
      return select(broadcastInDim(mask, read.shape, dims), read, zerosLike(read))
    }
    return [isLinear(x) ? ct : null, ...indices.map(() => null), isLinear(updates) ? own() : null]
  },
  batch: (size, operands, batched, { axes }) => {
    const { x, indices, updates } = parts(operands)
    const is = parts(batched)
    const base = withBatchAxis(size, x, is.x)
    const added = withBatchAxis(size, updates, is.updates)
    const below = axes.map((a) => a + 1)
    if (is.indices.includes(true)) {
      return mapped(scatterAdd(base, batchIndices(size, indices, is.indices), added, [0, ...below]))
    }
    // the batch axis is the first of the remaining ones, after those of the indices
    return mapped(scatterAdd(base, indices, moveAxis(added, 0, indices[0].ndim), below))
  },
  lower: (_avals, { axes }) => ({ kind: 'host', call: { routine: 'scatterAdd', axes } }),
})

/**
 * x with `updates` [...I, ...other axes] added where the position on `axes[k]` is `indices[k]` (int32, all of
 * one shape I). Positions named twice are added to twice; those out of range are dropped.
 */
export const scatterAdd = (
  x: Tensor,
  indices: readonly Tensor[],
  updates: Tensor,
  axes: readonly number[],
): Tensor => bind1(scatterAddP, [x, ...indices, updates], { axes })
