import { type OneAxis, resolveAxis } from '../../graph/axes.js'
import { type AxisAndOptions, type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import type { Index, OutsideOptions } from '../../graph/tensorMethods.js'
import { aval, formatAval, type Shape, sizeOf } from '../../ir/aval.js'
import { isInteger } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { ge, lt } from '../../ops/elementwise/comparison.js'
import { broadcastShapes, broadcastTo, toTensor } from '../../ops/elementwise/lift.js'
import { and } from '../../ops/elementwise/logical.js'
import { dynamicSlice } from '../../ops/indexing/dynamicSlice.js'
import { gather, gatherAlong } from '../../ops/indexing/gather.js'
import { inRange } from '../../ops/indexing/scatterForm.js'
import { reshape } from '../../ops/movement/reshape.js'
import { transpose } from '../../ops/movement/transpose.js'
import { modeOf } from '../../transforms/indexRange.js'
import { ravel } from './arrangement.js'
import { array } from './array.js'
import { filling, fillOutside } from './fillOutside.js'
import { type Advanced, type IndexPlan, isOutside, placed, planIndex, takeRanges } from './indexPlan.js'
import { flattened, liftedIndex, maskOf, withoutMasks } from './maskIndex.js'

/** The axes of `[...advanced shape, ...others]` in the result's order. @internal */
export const resultOrder = (advanced: Advanced, before: number, rank: number): readonly number[] => {
  const own = advanced.shape.map((_, i) => i)
  const others = Array.from({ length: rank - advanced.axes.length }, (_, i) => i + own.length)
  return [...others.slice(0, before), ...own, ...others.slice(before)]
}

/**
 * Part of x, as NumPy's brackets: a number (an axis dropped), a range `{start, stop, step}`, `':'` (an axis
 * whole), `'...'` (as many as fit), `null` (a new axis), integer arrays (their elements picked, several arrays
 * together). Negative positions count from the end. One that is out of range throws where its value is known, and is
 * clipped where it is traced; `x.at(i).get({ mode })` does as the mode says.
 * A boolean mask picks the places where it holds, over the axes whose shape it has; beside other indices it stands for the
 * integer arrays of those places. It decides the result's shape, so it may not be traced; in `x.at(mask).set(0)` it may.
 * @throws IndexError out of range, ConcretizationError on a traced mask, ShapeError on too many indices
 * @example
 * ```ts
 * const x = np.array([[1, 2, 3], [4, 5, 6]])
 * np.get(x, -1) // => [4, 5, 6]
 * np.get(x, ':', { start: 1 }) // => [[2, 3], [5, 6]]
 * np.get(x, '...', { step: -1 }) // => [[3, 2, 1], [6, 5, 4]]
 * np.get(x, [0, 1], [2, 0]) // => [3, 4]
 * np.get(x, ':', [2, 2]) // => [[3, 3], [6, 6]]
 * np.get(x, null, 0).shape // => [1, 3]
 * np.get(x, x.greater(2)) // => [3, 4, 5, 6]
 * np.get(x, ':', [true, false, true]) // => [[1, 3], [4, 6]]
 * ```
 */
export const get = (x: TensorLike, ...index: readonly Index[]): Tensor => read('get', x, index, {})

/** `get` for another function, with its options. @internal */
export const read = (
  name: string,
  like: TensorLike,
  given: readonly Index[],
  options: OutsideOptions,
): Tensor => {
  const x = toTensor(like)
  const mode = modeOf(name, options)
  const index = liftedIndex(given)
  const mask = maskOf(name, x, index)
  if (mask !== null) {
    const { rows, positions } = flattened(name, x, mask)
    return read(name, rows, [positions], {})
  }
  const plan = planIndex(x, withoutMasks(name, x, index), { name, mode })
  if (mode === 'fill') return readOrFill(x, plan, options)
  const part = takeRanges(x, plan.ranges)
  if (plan.advanced === null) return reshape(part, plan.shape)
  return reshape(pick(part, plan.advanced, plan), plan.shape)
}

const readOrFill = (
  x: Tensor,
  { ranges, advanced, before, shape }: IndexPlan,
  options: OutsideOptions,
): Tensor => {
  const blank = filling(splat(0, aval(shape, x.dtype)), options)
  if (isOutside(x, ranges)) return blank
  const part = takeRanges(x, ranges)
  if (advanced === null) return reshape(part, shape)
  if (advanced.axes.some((a) => x.shape[a] === 0)) return blank
  const inside = inRange(part, advanced.indices, advanced.axes)
  const filled = fillOutside(gather(part, advanced.indices, advanced.axes), inside, options)
  return reshape(transpose(filled, resultOrder(advanced, before, x.ndim)), shape)
}

const pick = (x: Tensor, advanced: Advanced, plan: IndexPlan): Tensor => {
  const { axes, indices } = advanced
  // one position on one axis is a window
  if (axes.length === 1 && sizeOf(advanced.shape) === 1 && x.shape[axes[0]] > 0) {
    const start = reshape(indices[0], [])
    return dynamicSlice(
      x,
      x.shape.map((_, i) => (i === axes[0] ? start : 0)),
      x.shape.map((d, i) => (i === axes[0] ? 1 : d)),
    )
  }
  return transpose(gather(x, indices, axes), resultOrder(advanced, plan.before, x.ndim))
}

/** Integer positions, negative ones counted from the end. @throws DTypeError on others @internal */
export const requirePositions = (name: string, indices: TensorLike | readonly number[]): Tensor => {
  const t = Array.isArray(indices)
    ? array(indices as readonly number[], { dtype: 'int32' })
    : toTensor(indices as TensorLike, 'int')
  if (!isInteger(t.dtype)) {
    throw new DTypeError(
      `${name}: integer indices are required, got ${formatAval(t.aval)}. Convert with astype('int32').`,
    )
  }
  return t
}

/**
 * The elements of x at `indices` along an axis (of x as a vector, without one): the axis is replaced by those
 * of `indices`. Negative positions count from the end; a position out of range throws where it is known, is clipped where
 * it is traced, or does as `mode` says: with `'fill'` it reads `fillValue` (NaN; 0 for other than floats).
 * @throws IndexError out of range
 * @example
 * ```ts
 * np.take(np.array([[1, 2], [3, 4]]), [1, 1, 0], 1) // => [[2, 2, 1], [4, 4, 3]]
 * np.take(np.array([1, 2]), [1, 2]) // => throws IndexError: take: indices from -2 to 1
 * np.take(np.array([1, 2]), [1, 2], 0, { mode: 'wrap' }) // => [2, 1]
 * np.take(np.array([1, 2]), [1, 2], 0, { mode: 'fill', fillValue: -1 }) // => [2, -1]
 * ```
 */
export const take = (
  x: TensorLike,
  indices: TensorLike | readonly number[],
  ...given: AxisOptions<OutsideOptions & OneAxis>
): Tensor => {
  const { axis, ...options } = axisOptionsOf('take', 'axis mode fillValue', given)
  if (axis === undefined) return take(ravel(x), indices, 0, options)
  const t = toTensor(x)
  const a = resolveAxis('take', axis, t.ndim)
  const at = typeof indices === 'number' ? indices : requirePositions('take', indices)
  return read('take', t, [...new Array<Index>(a).fill(':'), at], options)
}

type AlongOptions = OutsideOptions & Required<OneAxis>

/**
 * The elements of x at positions along an axis, one for each place: out[…i…] = x[…indices[…i…]…]. The other
 * axes of x and `indices` broadcast. Positions out of range are as for `take`.
 * @throws ShapeError where ranks differ, IndexError out of range
 * @example
 * ```ts
 * const x = np.array([[1, 5], [7, 2]])
 * np.takeAlongAxis(x, np.argmax(x, { axis: 1, keepdims: true }), 1) // => [[5], [7]]
 * ```
 */
export const takeAlongAxis = (x: Tensor, indices: Tensor, ...given: AxisAndOptions<AlongOptions>): Tensor => {
  const { axis, ...options } = axisOptionsOf<AlongOptions, 'axis mode fillValue'>(
    'takeAlongAxis',
    'axis mode fillValue',
    given,
  )
  const a = resolveAxis('takeAlongAxis', axis, x.ndim)
  if (indices.ndim !== x.ndim) {
    throw new ShapeError(
      `takeAlongAxis: equal ranks are required, got ${formatAval(x.aval)} and ${formatAval(indices.aval)}.`,
    )
  }
  const one = (shape: Shape) => shape.map((d, i) => (i === a ? 1 : d))
  const others = broadcastShapes('takeAlongAxis', [one(x.shape), one(indices.shape)])
  const source = broadcastTo(
    x,
    others.map((d, i) => (i === a ? x.shape[a] : d)),
  )
  const shape = others.map((d, i) => (i === a ? indices.shape[a] : d))
  const mode = modeOf('takeAlongAxis', options)
  const wanted = placed(x, a, requirePositions('takeAlongAxis', indices), { name: 'takeAlongAxis', mode })
  const at = broadcastTo(wanted, shape)
  if (mode !== 'fill') return gatherAlong(source, at, a)
  if (x.shape[a] === 0) return filling(splat(0, aval(shape, x.dtype)), options)
  return fillOutside(gatherAlong(source, at, a), and(ge(at, 0), lt(at, x.shape[a])), options)
}
