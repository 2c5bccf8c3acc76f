import { optionsOf } from '../../graph/options.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import { splat, Tensor } from '../../graph/tensor.js'
import type { Index, IndexMode } from '../../graph/tensorMethods.js'
import { aval, formatAval, type Shape } from '../../ir/aval.js'
import { isInteger } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { add, mod } from '../../ops/elementwise/arithmetic.js'
import { lt } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { broadcastShapes, broadcastTo, toTensor } from '../../ops/elementwise/lift.js'
import { maximum, minimum } from '../../ops/elementwise/maximum.js'
import { select } from '../../ops/elementwise/select.js'
import { rev } from '../../ops/movement/rev.js'
import { slice } from '../../ops/movement/slice.js'
import { type IndexBounds, outOfRange, requireInRange } from '../../transforms/indexRange.js'
import { array } from './array.js'

/** `count` elements of an axis from `first`, `step` (not 0) apart. */
export type Range = { readonly first: number; readonly count: number; readonly step: number }

/** Integer arrays of one shape for some axes, as `gather` and `scatterAdd` take them. */
export type Advanced = {
  readonly axes: readonly number[]
  readonly indices: readonly Tensor[]
  readonly shape: Shape
}

/**
 * An index taken apart: first a range on each axis, then integer arrays on some axes, then axes dropped and
 * added. Numpy's order of the result's axes is `[...before, ...advanced.shape, ...after]`, where the axes
 * without an integer array are split at `before`.
 */
export type IndexPlan = {
  readonly ranges: readonly Range[]
  readonly advanced: Advanced | null
  /** The number of axes without an integer array before those of the arrays. */
  readonly before: number
  /** The result's shape, without axes dropped by numbers and with axes added by `null`. */
  readonly shape: Shape
}

const describe = (index: readonly Index[]): string =>
  index
    .map((i) =>
      i instanceof Tensor ? formatAval(i.aval) : typeof i === 'string' ? i : (JSON.stringify(i) ?? String(i)),
    )
    .join(', ')

const wholeAxes = (n: number): readonly Index[] => new Array<Index>(n).fill(':')

/** The index with one entry for every axis; `...` stays before the axes it stands for, since it separates arrays even if it stands for none. */
const completed = (x: Tensor, index: readonly Index[]): readonly Index[] => {
  const used = index.filter((i) => i !== null && i !== '...').length
  if (used > x.ndim || index.filter((i) => i === '...').length > 1) {
    throw new ShapeError(
      `get: at most ${x.ndim} indices and one '...' are required for ${formatAval(x.aval)}, got [${describe(index)}].`,
    )
  }
  const rest = wholeAxes(x.ndim - used)
  const at = index.indexOf('...')
  return at < 0 ? [...index, ...rest] : [...index.slice(0, at + 1), ...rest, ...index.slice(at + 1)]
}

const requireWhole = (value: number): number => {
  plainNumbers('get', 'bounds of a range (lax.dynamicSlice takes traced starts)', value)
  if (!Number.isInteger(value)) {
    throw new DTypeError(`get: whole numbers are required as indices, got ${value}. Round it.`)
  }
  return value
}

type Bounds = { readonly start?: number; readonly stop?: number; readonly step?: number }

/** Python's slice of an axis of `size` elements. */
const toRange = (size: number, { start, stop, step = 1 }: Bounds): Range => {
  if (requireWhole(step) === 0) throw new ShapeError('get: a step other than 0 is required, got 0.')
  const least = step > 0 ? 0 : -1
  const bound = (value: number) =>
    Math.min(Math.max(requireWhole(value) < 0 ? value + size : value, least), size + least)
  const first = start === undefined ? (step > 0 ? 0 : size - 1) : bound(start)
  const end = stop === undefined ? (step > 0 ? size : -1) : bound(stop)
  return { first, count: Math.max(0, Math.ceil((end - first) / step)), step }
}

/** The operation that an index is for, as errors name it, and its mode. */
export type Access = { readonly name: string; readonly mode: IndexMode | undefined }

/** A known position on an axis, counted from the front; it may be out of range only if the mode is to fill. */
const known = (x: Tensor, axis: number, value: number, { name, mode }: Access): number => {
  const size = x.shape[axis]
  const position = requireWhole(value) < 0 ? value + size : value
  if (mode === 'fill' || (position >= 0 && position < size)) return position
  if (size > 0 && mode === 'clip') return Math.min(Math.max(position, 0), size - 1)
  if (size > 0 && mode === 'wrap') return ((value % size) + size) % size
  throw outOfRange(name, boundsOf(x, axis), String(value))
}

/** The range of positions on an axis, negative ones counted from the end. */
const boundsOf = (x: Tensor, axis: number): IndexBounds => ({
  low: -x.shape[axis],
  size: x.shape[axis],
  of: `axis ${axis} of ${formatAval(x.aval)}`,
})

/** Positions in a tensor (int32) counted from the front, and moved as the mode says. */
export const placed = (x: Tensor, axis: number, index: Tensor, { name, mode }: Access): Tensor => {
  const size = x.shape[axis]
  if (mode === undefined) requireInRange(name, index, boundsOf(x, axis))
  const at = convert(index, 'int32')
  if (mode === 'wrap' && size > 0) return mod(at, size)
  const front = select(lt(at, 0), add(at, size), at)
  return mode === 'clip' && size > 0 ? maximum(minimum(front, size - 1), 0) : front
}

const isArrayIndex = (i: Index): i is Tensor | readonly number[] => i instanceof Tensor || Array.isArray(i)

/** An integer array as int32 positions from the front. */
const positions = (
  x: Tensor,
  axis: number,
  index: number | Tensor | readonly number[],
  access: Access,
): Tensor => {
  if (index instanceof Tensor) {
    const positions = toTensor(index, 'int')
    if (!isInteger(positions.dtype)) {
      throw new DTypeError(
        `get: integer indices are required, got ${formatAval(index.aval)}. Convert with astype('int32').`,
      )
    }
    return placed(x, axis, positions, access)
  }
  if (typeof index === 'number') return splat(known(x, axis, index, access), aval([], 'int32'))
  const found = index.map((i) => known(x, axis, i, access))
  return found.length === 1 ? splat(found[0], aval([1], 'int32')) : array(found, { dtype: 'int32' })
}

/** The positions that an index names on one axis. */
type IndexArray = { readonly axis: number; readonly tensor: Tensor }

/** Takes an index of x apart. Numbers beside integer arrays are arrays of one element, as in numpy. */
export const planIndex = (x: Tensor, index: readonly Index[], access: Access): IndexPlan => {
  const items = completed(x, index)
  const hasArrays = items.some(isArrayIndex)
  const isAdvanced = (i: Index) => isArrayIndex(i) || (hasArrays && typeof i === 'number')
  const ranges: Range[] = []
  const arrays: IndexArray[] = []
  const left: number[] = []
  const right: number[] = []
  let before = 0
  let gap = false
  let seen = 0
  for (const item of items) {
    const axis = ranges.length
    const size = x.shape[axis]
    if (isAdvanced(item)) {
      // arrays that are not adjacent put their axes in front
      if (seen++ > 0 && gap) {
        right.unshift(...left.splice(0))
        before = 0
      }
      gap = false
      ranges.push({ first: 0, count: size, step: 1 })
      arrays.push({ axis, tensor: positions(x, axis, item as number | Tensor | readonly number[], access) })
      continue
    }
    gap = true
    if (item === '...') continue
    const sizes = seen === 0 ? left : right
    if (item === null) {
      sizes.push(1)
    } else if (typeof item === 'number') {
      ranges.push({ first: known(x, axis, item, access), count: 1, step: 1 })
    } else if (item === ':' || (typeof item === 'object' && !Array.isArray(item))) {
      const range = toRange(size, optionsOf('get', 'start stop step', item === ':' ? {} : (item as Bounds)))
      ranges.push(range)
      sizes.push(range.count)
      if (seen === 0) before++
    } else {
      throw new DTypeError(
        `get: numbers, ranges {start, stop, step}, null, ':', '...', integer arrays or masks are required, got ${describe([item])}.`,
      )
    }
  }
  const advanced = arrays.length === 0 ? null : together(arrays)
  return { ranges, advanced, before, shape: [...left, ...(advanced?.shape ?? []), ...right] }
}

/** Integer arrays broadcast to one shape. */
const together = (arrays: readonly IndexArray[]): Advanced => {
  const shape = broadcastShapes(
    'get',
    arrays.map((p) => p.tensor.shape),
  )
  return {
    axes: arrays.map((p) => p.axis),
    indices: arrays.map((p) => broadcastTo(p.tensor, shape)),
    shape,
  }
}

/** Whether a number names a place outside its axis, so that nothing lies in the ranges. */
export const isOutside = (x: Tensor, ranges: readonly Range[]): boolean =>
  ranges.some(({ first, count }, axis) => count > 0 && (first < 0 || first >= x.shape[axis]))

/** Axes that a range reads backwards. */
export const backwardAxes = (ranges: readonly Range[]): readonly number[] =>
  ranges.flatMap(({ step }, axis) => (step < 0 ? [axis] : []))

/** The lowest position of each range, and the distance between them. */
export const ascending = (ranges: readonly Range[]): { readonly start: Shape; readonly strides: Shape } => ({
  start: ranges.map(({ first, count, step }) =>
    count === 0 ? 0 : step > 0 ? first : first + (count - 1) * step,
  ),
  strides: ranges.map(({ step }) => Math.abs(step)),
})

/** x reduced to a range of every axis. */
export const takeRanges = (x: Tensor, ranges: readonly Range[]): Tensor => {
  const { start, strides } = ascending(ranges)
  const limit = start.map((s, i) => (ranges[i].count === 0 ? s : s + (ranges[i].count - 1) * strides[i] + 1))
  return rev(slice(x, start, limit, strides), backwardAxes(ranges))
}
