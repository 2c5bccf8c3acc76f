import { resolveAxes, resolveAxis, type SomeAxes } from '../../graph/axes.js'
import { type AxisAndOptions, type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import { plainNumbers, requireShape } from '../../graph/plainNumbers.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval, formatShape, type Shape, sizeOf } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import * as lift from '../../ops/elementwise/lift.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { reshape as reshapeTo } from '../../ops/movement/reshape.js'
import { rev } from '../../ops/movement/rev.js'
import { transpose as permute } from '../../ops/movement/transpose.js'

/**
 * The same elements, in row-major order, in another shape; one size may be −1, and is inferred.
 * @throws ShapeError on another number of elements
 * @example
 * ```ts
 * np.reshape(np.arange(6), [2, -1]) // => [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export const reshape = (x: TensorLike, shape: number | Shape): Tensor => {
  const t = lift.toTensor(x)
  const target = plainNumbers('reshape', 'sizes', shape)
  const known = target.filter((d) => d !== -1)
  if (known.length < target.length && (sizeOf(known) === 0 || t.size % sizeOf(known) !== 0)) {
    throw new ShapeError(
      `reshape: a multiple of ${sizeOf(known)} elements is required, got ${formatAval(t.aval)} for ${formatShape(target)}.`,
    )
  }
  return reshapeTo(t, target)
}

/** x as a vector, in row-major order. */
export const ravel = (x: TensorLike): Tensor => {
  const t = lift.toTensor(x)
  return reshapeTo(t, [t.size])
}

/**
 * x with its axes permuted: axis i of the result is axis `axes[i]` of x; reversed by default.
 * @throws ShapeError unless `axes` is a permutation
 * @example
 * ```ts
 * np.transpose(np.array([[1, 2], [3, 4]])) // => [[1, 3], [2, 4]]
 * ```
 */
export const transpose = (like: TensorLike, axes?: readonly number[]): Tensor => {
  const x = lift.toTensor(like)
  return permute(
    x,
    axes === undefined
      ? x.shape.map((_, i) => x.ndim - 1 - i)
      : plainNumbers('transpose', 'axes', axes).map((a) => resolveAxis('transpose', a, x.ndim)),
  )
}

/**
 * x with some axes moved to other places; the rest keep their order.
 * @example
 * ```ts
 * np.moveaxis(np.zeros([2, 3, 4]), 0, -1).shape // => [3, 4, 2]
 * ```
 */
export const moveaxis = (
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor => {
  const from = resolveAxes('moveaxis', source, x.ndim)
  const to = resolveAxes('moveaxis', destination, x.ndim)
  if (from.length !== to.length) {
    throw new ShapeError(
      `moveaxis: as many destinations as sources are required, got ${to.length} for ${from.length}.`,
    )
  }
  const rest = x.shape.flatMap((_, i) => (from.includes(i) ? [] : [i]))
  let next = 0
  return permute(
    x,
    x.shape.map((_, i) => (to.includes(i) ? from[to.indexOf(i)] : rest[next++])),
  )
}

/** x with two axes exchanged. */
export const swapaxes = (x: Tensor, axis1: number, axis2: number): Tensor => {
  const a = resolveAxis('swapaxes', axis1, x.ndim)
  const b = resolveAxis('swapaxes', axis2, x.ndim)
  return permute(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  )
}

/**
 * x without axes of length one: all of them, or those named.
 * @throws ShapeError where a named axis has another length
 * @example
 * ```ts
 * np.squeeze(np.zeros([1, 3, 1])).shape // => [3]
 * ```
 */
export const squeeze = (like: TensorLike, ...options: AxisOptions<SomeAxes>): Tensor => {
  const x = lift.toTensor(like)
  const { axis } = axisOptionsOf('squeeze', 'axis', options)
  const axes =
    axis === undefined
      ? x.shape.flatMap((d, i) => (d === 1 ? [i] : []))
      : resolveAxes('squeeze', axis, x.ndim)
  if (axes.some((a) => x.shape[a] !== 1)) {
    throw new ShapeError(
      `squeeze: axes of length 1 are required, got [${axes.join(',')}] of ${formatShape(x.shape)}.`,
    )
  }
  return reshapeTo(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  )
}

/**
 * x with axes of length one inserted at the given positions of the result.
 * @example
 * ```ts
 * np.expandDims(np.zeros([3]), [0, -1]).shape // => [1, 3, 1]
 * ```
 */
export const expandDims = (x: TensorLike, ...options: AxisAndOptions<Required<SomeAxes>>): Tensor => {
  const t = lift.toTensor(x)
  const { axis } = axisOptionsOf<Required<SomeAxes>, 'axis'>('expandDims', 'axis', options)
  const given = typeof axis === 'object' ? axis : [axis]
  const added = given.length
  const axes = resolveAxes('expandDims', given, t.ndim + added)
  let next = 0
  return reshapeTo(
    t,
    Array.from({ length: t.ndim + added }, (_, i) => (axes.includes(i) ? 1 : t.shape[next++])),
  )
}

/**
 * x repeated into a larger shape by numpy's rule: sizes equal or 1, aligned at the last axis.
 * @throws ShapeError where it does not fit
 * @example
 * ```ts
 * np.broadcastTo(np.array([1, 2]), [2, 2]) // => [[1, 2], [1, 2]]
 * ```
 */
export const broadcastTo = (x: TensorLike, shape: number | Shape): Tensor =>
  repeatedTo('broadcastTo', lift.toTensor(x), requireShape('broadcastTo', shape))

/** `broadcastTo` for another function, which errors name. @internal */
export const repeatedTo = (name: string, x: Tensor, shape: Shape): Tensor => {
  const offset = shape.length - x.ndim
  if (offset < 0 || x.shape.some((d, i) => d !== 1 && d !== shape[i + offset])) {
    throw new ShapeError(
      `${name}: a tensor that broadcasts to ${formatShape(shape)} is required, got ${formatAval(x.aval)}. Sizes must be equal or 1, aligned at the last axis.`,
    )
  }
  return lift.broadcastTo(x, shape)
}

/**
 * The shape that operands of these shapes broadcast to.
 * @throws ShapeError where they do not
 * @example
 * ```ts
 * np.broadcastShapes([2, 1], [3]) // => [2, 3]
 * ```
 */
export const broadcastShapes = (...shapes: readonly Shape[]): Shape =>
  lift.broadcastShapes('broadcastShapes', shapes)

/**
 * x read backwards along axes; along all by default.
 * @example
 * ```ts
 * np.flip(np.array([1, 2, 3])) // => [3, 2, 1]
 * ```
 */
export const flip = (like: TensorLike, ...options: AxisOptions<SomeAxes>): Tensor => {
  const x = lift.toTensor(like)
  return rev(x, resolveAxes('flip', axisOptionsOf('flip', 'axis', options).axis, x.ndim))
}

/**
 * Copies of x side by side: `reps[i]` of them along axis i, aligned at the last axis.
 * @example
 * ```ts
 * np.tile(np.array([1, 2]), 2) // => [1, 2, 1, 2]
 * ```
 */
export const tile = (like: TensorLike, reps: number | readonly number[]): Tensor => {
  const x = lift.toTensor(like)
  const given = plainNumbers('tile', 'numbers of copies', reps)
  if (given.some((r) => !Number.isInteger(r) || r < 0)) {
    throw new ShapeError(`tile: whole numbers of copies are required, got [${given.join(',')}].`)
  }
  const rank = Math.max(x.ndim, given.length)
  const sizes = [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]
  const times = [...new Array<number>(rank - given.length).fill(1), ...given]
  const spread = broadcastInDim(
    reshapeTo(x, sizes),
    sizes.flatMap((d, i) => [times[i], d]),
    sizes.map((_, i) => 2 * i + 1),
  )
  return reshapeTo(
    spread,
    sizes.map((d, i) => d * times[i]),
  )
}
