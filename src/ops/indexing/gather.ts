import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, type Shape, sameShape, sizeOf } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { maximum, minimum } from '../elementwise/maximum.js'
import { batchIndices, moveAxis, withBatchAxis } from '../movement/batching.js'
import { iota } from '../movement/iota.js'
import { keptAxes, reducedShape } from '../reductions/reduceSum.js'
import { mapped, only } from '../rules/rules.js'
import { scatterAdd } from './scatterAdd.js'

/** The indexed axes, with one index array each. */
export type GatherParams = { readonly axes: readonly number[] }

/**
 * The shape `[...indices, ...remaining axes]` of the elements to read or write.
 * @throws ShapeError, DTypeError unless there is one int32 array for each axis, all of one shape
 */
export const windowShape = (
  name: string,
  x: Aval,
  indices: readonly Aval[],
  axes: readonly number[],
): Shape => {
  const rest = reducedShape(name, x, axes)
  const first = indices[0]
  if (
    first === undefined ||
    indices.length !== axes.length ||
    !indices.every((i) => sameShape(i.shape, first.shape))
  ) {
    throw new ShapeError(
      `${name}: one index array for each of axes [${axes.join(',')}], all of one shape, are required, got ${indices.map(formatAval).join(', ')}.`,
    )
  }
  if (indices.some((i) => i.dtype !== 'int32')) {
    throw new DTypeError(
      `${name}: int32 indices are required, got ${indices.map(formatAval).join(', ')}. Convert with astype('int32').`,
    )
  }
  return [...first.shape, ...rest]
}

const gathered = (x: Aval, indices: readonly Aval[], axes: readonly number[]): Aval => {
  const shape = windowShape('gather', x, indices, axes)
  if (sizeOf(indices[0].shape) > 0 && axes.some((a) => x.shape[a] === 0)) {
    throw new ShapeError(
      `gather: elements to choose from are required, got ${formatAval(x)} along axes [${axes.join(',')}].`,
    )
  }
  return aval(shape, x.dtype, x.weakType)
}

/** Indices moved into range. */
const clamped = (x: Aval, indices: readonly Tensor[], axes: readonly number[]): readonly Tensor[] =>
  indices.map((index, k) => maximum(minimum(index, x.shape[axes[k]] - 1), 0))

/**
 * x read at computed positions: out[i…, r…] = x with index k at i… on axis `axes[k]`, r… on the others.
 * Positions out of range are clamped to it. Linear in x; the transpose adds cotangents where they came from.
 */
export const gatherP = definePrimitive<GatherParams>({
  name: 'gather',
  abstractEval: ([x, ...indices], { axes }) => [gathered(x, indices, axes)],
  // d gather(x, i) = gather(dx, i)
  jvp: [(dx, [, ...indices], _y, { axes }) => gather(dx, indices, axes)],
  linearize: 'fromJvp',
  transpose: (cts, [x, ...indices], { axes }) => {
    const none = indices.map(() => null)
    if (!isLinear(x)) return [null, ...none]
    const at = clamped(x.aval, indices as readonly Tensor[], axes)
    return [scatterAdd(splat(0, x.aval), at, only(cts), axes), ...none]
  },
  batch: (size, [x, ...indices], [xBatched, ...batched], { axes }) => {
    const below = axes.map((a) => a + 1)
    if (!xBatched)
      return mapped(
        gather(
          x,
          indices.map((index, k) => withBatchAxis(size, index, batched[k])),
          axes,
        ),
      )
    if (batched.includes(true)) return mapped(gather(x, batchIndices(size, indices, batched), [0, ...below]))
    // the batch axis is the first of the remaining ones, after those of the indices
    return mapped(moveAxis(gather(x, indices, below), indices[0].ndim, 0))
  },
  lower: ([x, index], { axes }) => ({
    kind: 'indexed',
    value: (read) => {
      const kept = keptAxes(x.shape, axes)
      const positions = index.shape.map((_, axis) => ({ axis, offset: 0, step: 1 }))
      return read(
        0,
        x.shape.map((_, a) =>
          axes.includes(a)
            ? { axis: null, offset: 0, step: 0 }
            : { axis: index.shape.length + kept.indexOf(a), offset: 0, step: 1 },
        ),
        axes.map((axis, k) => ({ axis, index: read(1 + k, positions) })),
      )
    },
  }),
})

/** The elements of x whose position on `axes[k]` is `indices[k]`, clamped into range. → [...I, ...the other axes in order] @internal */
export const gather = (x: Tensor, indices: readonly Tensor[], axes: readonly number[]): Tensor => {
  const value = splatValue(x)
  if (value === null) return bind1(gatherP, [x, ...indices], { axes })
  return splat(
    value,
    gathered(
      x.aval,
      indices.map((i) => i.aval),
      axes,
    ),
  )
}

/** out[…i…] = x[…positions[…i…]…] along an axis; the other sizes of x and `positions` (int32) are equal. */
export const gatherAlong = (x: Tensor, positions: Tensor, axis: number): Tensor =>
  gather(
    x,
    positions.shape.map((_, i) => (i === axis ? positions : iota('int32', positions.shape, i))),
    positions.shape.map((_, i) => i),
  )
