import { type OneAxis, resolveAxes, resolveAxis, type SomeAxes } from '../../graph/axes.js'
import { describe } from '../../graph/describe.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatShape, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { promote, toTensor } from '../../ops/elementwise/lift.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { concatenate as join } from '../../ops/movement/concatenate.js'
import { reshape } from '../../ops/movement/reshape.js'
import { sliceAxis } from '../../ops/movement/slice.js'
import { ravel } from './arrangement.js'

const requireSome = (name: string, xs: readonly unknown[]): void => {
  if (!Array.isArray(xs) || xs.length === 0)
    throw new ShapeError(
      `${name}: an array of at least one tensor is required, got ${Array.isArray(xs) ? 'none' : describe(xs)}.`,
    )
}

/**
 * Tensors joined along an axis (0 by default), promoted to one dtype.
 * @throws ShapeError unless they agree on the other axes
 * @example
 * ```ts
 * np.concatenate([np.array([1, 2]), np.array([3])]) // => [1, 2, 3]
 * ```
 */
export const concatenate = (xs: readonly TensorLike[], ...options: AxisOptions<OneAxis>): Tensor => {
  const { axis = 0 } = axisOptionsOf('concatenate', 'axis', options)
  requireSome('concatenate', xs)
  const tensors = promote('concatenate', xs)
  return join(tensors, resolveAxis('concatenate', axis, tensors[0].ndim))
}

/**
 * Tensors of one shape joined along a new axis, the first by default.
 * @throws ShapeError where shapes differ
 * @example
 * ```ts
 * np.stack([np.array([1, 2]), np.array([3, 4])], 1) // => [[1, 3], [2, 4]]
 * ```
 */
export const stack = (xs: readonly TensorLike[], ...options: AxisOptions<OneAxis>): Tensor => {
  const { axis = 0 } = axisOptionsOf('stack', 'axis', options)
  requireSome('stack', xs)
  const tensors = promote('stack', xs)
  const { shape } = tensors[0]
  if (!tensors.every((p) => sameShape(p.shape, shape))) {
    throw new ShapeError(
      `stack: equal shapes are required, got ${tensors.map((p) => formatShape(p.shape)).join(', ')}.`,
    )
  }
  const at = resolveAxis('stack', axis, shape.length + 1)
  return join(
    tensors.map((p) => reshape(p, [...shape.slice(0, at), 1, ...shape.slice(at)])),
    at,
  )
}

/**
 * x cut along an axis: into equal parts (a number), or before each of the given positions.
 * @throws ShapeError where equal parts are impossible
 * @example
 * ```ts
 * np.split(np.arange(4), 2).map((x) => x.toArray()) // => [[0, 1], [2, 3]]
 * np.split(np.arange(4), [1]).map((x) => x.toArray()) // => [[0], [1, 2, 3]]
 * ```
 */
export const split = (
  like: TensorLike,
  sections: number | readonly number[],
  ...options: AxisOptions<OneAxis>
): readonly Tensor[] => {
  const x = toTensor(like)
  const { axis = 0 } = axisOptionsOf('split', 'axis', options)
  const a = resolveAxis('split', axis, x.ndim)
  const size = x.shape[a]
  plainNumbers('split', 'sections', sections)
  if (typeof sections === 'number' && (!(sections >= 1) || size % sections !== 0)) {
    throw new ShapeError(
      `split: a number of parts that divides ${size} is required, got ${sections}. Give positions instead.`,
    )
  }
  const inside = (p: number) => Math.min(Math.max(p < 0 ? p + size : p, 0), size)
  const cuts =
    typeof sections === 'number'
      ? Array.from({ length: sections - 1 }, (_, i) => ((i + 1) * size) / sections)
      : sections.map(inside)
  const starts = [0, ...cuts]
  const ends = [...cuts, size]
  return starts.map((start, i) => sliceAxis(x, a, start, Math.max(start, ends[i])))
}

/**
 * Each element of x repeated along an axis, or of x as a vector without one.
 * @example
 * ```ts
 * np.repeat(np.array([1, 2]), 2) // => [1, 1, 2, 2]
 * np.repeat(np.array([1, 2]), [1, 3]) // => [1, 2, 2, 2]
 * ```
 */
export const repeat = (
  x: TensorLike,
  repeats: number | readonly number[],
  ...options: AxisOptions<OneAxis>
): Tensor => {
  const { axis } = axisOptionsOf('repeat', 'axis', options)
  const t = axis === undefined ? ravel(x) : toTensor(x)
  const a = axis === undefined ? 0 : resolveAxis('repeat', axis, t.ndim)
  const size = t.shape[a]
  const counts = plainNumbers('repeat', 'counts', repeats)
  if (
    counts.some((r) => !Number.isInteger(r) || r < 0) ||
    (typeof repeats !== 'number' && counts.length !== size)
  ) {
    throw new ShapeError(
      `repeat: one whole count, or one for each of ${size} elements, is required, got [${counts.join(',')}].`,
    )
  }
  if (typeof repeats !== 'number') {
    const rows = counts.flatMap((r, i) => (r === 0 ? [] : [repeat(sliceAxis(t, a, i, i + 1), r, a)]))
    return rows.length === 0 ? sliceAxis(t, a, 0, 0) : join(rows, a)
  }
  const spread = broadcastInDim(
    t,
    [...t.shape.slice(0, a + 1), repeats, ...t.shape.slice(a + 1)],
    t.shape.map((_, i) => (i <= a ? i : i + 1)),
  )
  return reshape(
    spread,
    t.shape.map((d, i) => (i === a ? d * repeats : d)),
  )
}

/**
 * x with its elements moved cyclically by `shift` along axes, or as a vector without any.
 * @example
 * ```ts
 * np.roll(np.array([1, 2, 3]), 1) // => [3, 1, 2]
 * ```
 */
export const roll = (
  like: TensorLike,
  shift: number | readonly number[],
  ...options: AxisOptions<SomeAxes>
): Tensor => {
  const x = toTensor(like)
  const { axis } = axisOptionsOf('roll', 'axis', options)
  plainNumbers('roll', 'shifts', shift)
  if (axis === undefined) {
    const total = typeof shift === 'number' ? shift : shift.reduce((a, b) => a + b, 0)
    return reshape(rollAxis(ravel(x), total, 0), x.shape)
  }
  const axes = resolveAxes('roll', axis, x.ndim)
  const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift
  if (shifts.length !== axes.length) {
    throw new ShapeError(
      `roll: one shift for each axis is required, got ${shifts.length} for ${axes.length}.`,
    )
  }
  return axes.reduce((t, a, i) => rollAxis(t, shifts[i], a), x)
}

const rollAxis = (x: Tensor, shift: number, axis: number): Tensor => {
  const size = x.shape[axis]
  if (!Number.isInteger(shift)) throw new ShapeError(`roll: whole shifts are required, got ${shift}.`)
  const by = size === 0 ? 0 : ((shift % size) + size) % size
  if (by === 0) return x
  return join([sliceAxis(x, axis, size - by, size), sliceAxis(x, axis, 0, size - by)], axis)
}
