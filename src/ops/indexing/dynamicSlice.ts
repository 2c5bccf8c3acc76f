import { bind1 } from '../../graph/bind.js'
import type { OperandReader } from '../../graph/lowering.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor, type TensorLike } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, formatShape, type Shape, sameShape } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { apply, constant, type Expr, loopIndex } from '../../ir/expr.js'
import { add } from '../elementwise/arithmetic.js'
import { convert } from '../elementwise/convert.js'
import { toTensor } from '../elementwise/lift.js'
import { maximum, minimum } from '../elementwise/maximum.js'
import { batchIndices, withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { iota } from '../movement/iota.js'
import { slice } from '../movement/slice.js'
import { inverse, transpose } from '../movement/transpose.js'
import { mapped, only } from '../rules/rules.js'
import { dynamicUpdateSlice } from './dynamicUpdateSlice.js'
import { gather } from './gather.js'

export type DynamicSliceParams = { readonly sizes: Shape }

/** @throws ShapeError, DTypeError unless the window fits x and every axis has an int32 scalar start */
export const requireWindow = (name: string, x: Aval, sizes: Shape, starts: readonly Aval[]): void => {
  plainNumbers(name, 'sizes', sizes)
  const fits =
    sizes.length === x.shape.length && sizes.every((n, i) => Number.isInteger(n) && n >= 0 && n <= x.shape[i])
  if (!fits) {
    throw new ShapeError(
      `${name}: a window no larger than ${formatAval(x)} is required, got ${formatShape(sizes)}.`,
    )
  }
  if (starts.length !== sizes.length || starts.some((s) => s.shape.length !== 0)) {
    throw new ShapeError(
      `${name}: one scalar start for each axis of ${formatAval(x)} is required, got ${starts.map(formatAval).join(', ')}.`,
    )
  }
  if (starts.some((s) => s.dtype !== 'int32')) {
    throw new DTypeError(`${name}: int32 starts are required, got ${starts.map(formatAval).join(', ')}.`)
  }
}

/** The start of an axis as an expression, moved so that the window fits. */
export const windowStart = (read: OperandReader, operand: number, room: number): Expr =>
  apply('max', [apply('min', [read(operand, []), constant(room, 'int32')]), constant(0, 'int32')])

/** Starts as int32 scalars, and their values where all are known and integral, moved so that the window fits. */
export const startsOf = (
  x: Tensor,
  starts: readonly TensorLike[],
  sizes: Shape,
): { readonly tensors: readonly Tensor[]; readonly known: readonly number[] | null } => {
  const tensors = starts.map((s) => convert(toTensor(s, 'int'), 'int32'))
  const values = tensors.map(splatValue)
  return {
    tensors,
    known: values.every((v) => v !== null)
      ? values.map((v, i) => Math.max(0, Math.min(v, x.shape[i] - sizes[i])))
      : null,
  }
}

/**
 * The window of `sizes` at computed starts, which are moved so that it fits. Linear in x; the transpose
 * puts the cotangent into zeros.
 */
export const dynamicSliceP = definePrimitive<DynamicSliceParams>({
  name: 'dynamicSlice',
  abstractEval: ([x, ...starts], { sizes }) => {
    requireWindow('dynamicSlice', x, sizes, starts)
    return [aval(sizes, x.dtype, x.weakType)]
  },
  // d dynamicSlice(x, s) = dynamicSlice(dx, s)
  jvp: [(dx, [, ...starts], _y, { sizes }) => dynamicSlice(dx, starts, sizes)],
  linearize: 'fromJvp',
  transpose: (cts, [x, ...starts]) => [
    isLinear(x) ? dynamicUpdateSlice(splat(0, x.aval), only(cts), starts as readonly Tensor[]) : null,
    ...starts.map(() => null),
  ],
  batch: (size, [x, ...starts], [xBatched, ...batched], { sizes }) => {
    if (batched.includes(true)) return mapped(gatherWindows(size, x, xBatched, starts, batched, sizes))
    return mapped(dynamicSlice(x, [splat(0, aval([], 'int32')), ...starts], [size, ...sizes]))
  },
  lower: ([x], { sizes }) => ({
    kind: 'indexed',
    value: (read) => {
      const moving = sizes.flatMap((n, axis) => (n < x.shape[axis] ? [axis] : []))
      return read(
        0,
        sizes.map((_, axis) =>
          moving.includes(axis) ? { axis: null, offset: 0, step: 0 } : { axis, offset: 0, step: 1 },
        ),
        moving.map((axis) => ({
          axis,
          index: apply('add', [windowStart(read, 1 + axis, x.shape[axis] - sizes[axis]), loopIndex(axis)]),
        })),
      )
    },
  }),
})

/** One window for each member of the batch: a gather on the axes where the window can move. */
const gatherWindows = (
  size: number,
  x: Tensor,
  xBatched: boolean,
  starts: readonly Tensor[],
  batched: readonly boolean[],
  sizes: Shape,
): Tensor => {
  const own = xBatched ? x.shape.slice(1) : x.shape
  const moving = sizes.flatMap((n, axis) => (n < own[axis] ? [axis] : []))
  if (moving.length === 0) return withBatchAxis(size, x, xBatched)
  const shape = [size, ...moving.map((axis) => sizes[axis])]
  const indices = moving.map((axis, k) => {
    const start = maximum(
      minimum(withBatchAxis(size, starts[axis], batched[axis]), own[axis] - sizes[axis]),
      0,
    )
    return add(broadcastInDim(start, shape, [0]), iota('int32', shape, k + 1))
  })
  const still = sizes.flatMap((_, axis) => (moving.includes(axis) ? [] : [axis]))
  const windows = xBatched
    ? gather(
        x,
        batchIndices(
          size,
          indices,
          indices.map(() => true),
        ),
        [0, ...moving.map((a) => a + 1)],
      )
    : gather(x, indices, moving)
  return transpose(windows, inverse([0, ...[...moving, ...still].map((a) => a + 1)]))
}

/** The window of shape `sizes` at `starts` counted from the front, which are moved so that it fits. @internal */
export const dynamicSlice = (x: Tensor, starts: readonly TensorLike[], sizes: Shape): Tensor => {
  const { tensors, known } = startsOf(x, starts, sizes)
  requireWindow(
    'dynamicSlice',
    x.aval,
    sizes,
    tensors.map((t) => t.aval),
  )
  if (sameShape(x.shape, sizes)) return x
  if (known !== null) {
    return slice(
      x,
      known,
      known.map((s, i) => s + sizes[i]),
    )
  }
  const value = splatValue(x)
  if (value !== null) return splat(value, aval(sizes, x.dtype, x.aval.weakType))
  return bind1(dynamicSliceP, [x, ...tensors], { sizes })
}
