import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import type { At, Index, WriteOptions } from '../../graph/tensorMethods.js'
import { aval, formatAval, sizeOf } from '../../ir/aval.js'
import { type DType, isFloat } from '../../ir/dtype.js'
import { DTypeError } from '../../ir/errors.js'
import { add, mul } from '../../ops/elementwise/arithmetic.js'
import { ge, lt } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { asType, broadcastTo, kindOf, toTensor } from '../../ops/elementwise/lift.js'
import { and } from '../../ops/elementwise/logical.js'
import { maximum, minimum } from '../../ops/elementwise/maximum.js'
import { select } from '../../ops/elementwise/select.js'
import { dynamicUpdateSlice } from '../../ops/indexing/dynamicUpdateSlice.js'
import { scatterAdd } from '../../ops/indexing/scatterAdd.js'
import { scatterMax, scatterMin } from '../../ops/indexing/scatterExtremum.js'
import type { Scatter } from '../../ops/indexing/scatterForm.js'
import { scatterMul } from '../../ops/indexing/scatterMul.js'
import { scatterSet } from '../../ops/indexing/scatterSet.js'
import { type PadAxis, pad } from '../../ops/movement/pad.js'
import { reshape } from '../../ops/movement/reshape.js'
import { rev } from '../../ops/movement/rev.js'
import { inverse, transpose } from '../../ops/movement/transpose.js'
import { keptAxes } from '../../ops/reductions/reduceSum.js'
import { modeOf } from '../../transforms/indexRange.js'
import { repeatedTo } from './arrangement.js'
import { read, resultOrder } from './indexing.js'
import {
  type Advanced,
  ascending,
  backwardAxes,
  isOutside,
  planIndex,
  type Range,
  takeRanges,
} from './indexPlan.js'
import { flattened, isForAll, liftedIndex, maskOf, withoutMasks, writeMasked } from './maskIndex.js'

type Kind = 'set' | 'add' | 'mul' | 'min' | 'max'

const scatters: Record<Kind, Scatter> = {
  set: scatterSet,
  add: scatterAdd,
  mul: scatterMul,
  min: scatterMin,
  max: scatterMax,
}

/** The same for a part that names no element twice. */
const combined: Record<Kind, (part: Tensor, values: Tensor) => Tensor> = {
  set: (_, values) => values,
  add,
  mul,
  min: minimum,
  max: maximum,
}

/**
 * Parts of x to replace or combine, indexed as by `get`: `at(x, i).set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`,
 * `.max(v)` give new tensors; `at(x, i).get()` reads.
 *
 * Values broadcast to the part; beside a mask they are for each place, or for all of them (a traced mask takes these alone). Negative positions count from the end. Among
 * several writes to one place, `set` keeps the last (in row-major order of the index arrays), the others
 * combine all. Derivatives are exact, for repeated places too; equal ones share that of `min` and `max`.
 *
 * A position out of range throws where its value is known; one that is traced is dropped where it writes and clipped where
 * it reads. All take a `mode` for it: `set(v, { mode: 'drop' })`, `get({ mode: 'fill', fillValue })`.
 * @throws IndexError out of range, DTypeError where the values are of a kind that x does not hold
 * @example
 * ```ts
 * const x = np.array([1, 2, 3])
 * np.at(x, 0).set(9) // => [9, 2, 3]
 * np.at(x, { start: 1 }).add(10) // => [1, 12, 13]
 * np.at(x, [0, 0]).add(1) // => [3, 2, 3]
 * np.at(x, [0, 0]).set(np.array([7, 8])) // => [8, 2, 3]
 * np.at(x, [1, 2, 1]).mul(2) // => [1, 8, 6]
 * np.at(x, ':').max(2) // => [2, 2, 3]
 * np.at(x, x.less(3)).set(0) // => [0, 0, 3]
 * np.at(x, x.less(3)).set(np.array([8, 9])) // => [8, 9, 3]
 * np.at(x, [2, 3]).add(1, { mode: 'drop' }) // => [1, 2, 4]
 * np.at(x, [2, 3]).get({ mode: 'fill', fillValue: 0 }) // => [3, 0]
 * ```
 */
export const at = (x: TensorLike, ...index: readonly Index[]): At => ({
  set: (values, options) => update('set', x, index, values, options),
  add: (values, options) => update('add', x, index, values, options),
  mul: (values, options) => update('mul', x, index, values, options),
  min: (values, options) => update('min', x, index, values, options),
  max: (values, options) => update('max', x, index, values, options),
  get: (options = {}) => read('at.get', x, index, options),
})

const update = (
  kind: Kind,
  like: TensorLike,
  given: readonly Index[],
  values: TensorLike,
  options?: WriteOptions,
): Tensor => {
  const name = `at.${kind}`
  const x = toTensor(like)
  const own = valuesFor(name, x, values)
  const index = liftedIndex(given)
  const mask = maskOf(name, x, index)
  if (mask !== null) {
    if (isForAll(x, mask, own)) return writeMasked(x, mask, own, combined[kind])
    const { rows, positions } = flattened(name, x, mask)
    return reshape(update(kind, rows, [positions], own), x.shape)
  }
  const { ranges, advanced, before, shape } = planIndex(x, withoutMasks(name, x, index), {
    name,
    mode: modeOf(name, options),
  })
  const full = repeatedTo(name, own, shape)
  if (full.size === 0 || x.size === 0 || isOutside(x, ranges)) return x
  const counts = ranges.map((r) => r.count)
  const backward = backwardAxes(ranges)
  if (advanced === null) {
    const changes = reshape(full, counts)
    if (kind === 'add') return addRanges(x, ranges, rev(changes, backward))
    const part = kind === 'set' ? changes : combined[kind](takeRanges(x, ranges), changes)
    return setRanges(x, ranges, rev(part, backward))
  }
  // the integer arrays change the part that the ranges name, which is then put back
  const part = takeRanges(x, ranges)
  const order = resultOrder(advanced, before, x.ndim)
  const source = [...advanced.shape, ...keptAxes(part.shape, advanced.axes).map((i) => part.shape[i])]
  const updates = transpose(
    reshape(
      full,
      order.map((i) => source[i]),
    ),
    inverse(order),
  )
  return setRanges(x, ranges, rev(changeIndexed(kind, part, advanced, updates), backward))
}

const category = (dtype: DType): number => (dtype === 'bool' ? 0 : isFloat(dtype) ? 2 : 1)

/** Values in x's dtype; integers fit floats, but not the other way. */
const valuesFor = (name: string, x: Tensor, values: TensorLike): Tensor => {
  const t = toTensor(values, kindOf(values) === 'fraction' ? 'float' : 'int')
  if (category(t.dtype) > category(x.dtype)) {
    const got = typeof values === 'number' ? String(values) : formatAval(t.aval)
    throw new DTypeError(
      `${name}: values that ${formatAval(x.aval)} can hold are required, got ${got}. Convert with astype.`,
    )
  }
  return kindOf(values) === null ? convert(t, x.dtype) : asType(name, values, x.dtype)
}

/** The position in x of an ascending part, a range on each axis. */
const placing = (x: Tensor, ranges: readonly Range[]): readonly PadAxis[] => {
  const { start, strides } = ascending(ranges)
  return ranges.map(({ count }, i) => {
    const span = (count - 1) * strides[i] + 1
    return [start[i], x.shape[i] - start[i] - span, strides[i] - 1]
  })
}

const addRanges = (x: Tensor, ranges: readonly Range[], part: Tensor): Tensor =>
  add(x, pad(part, 0, placing(x, ranges)))

const setRanges = (x: Tensor, ranges: readonly Range[], part: Tensor): Tensor => {
  const { start, strides } = ascending(ranges)
  if (strides.every((s, i) => s === 1 || ranges[i].count === 1)) return dynamicUpdateSlice(x, part, start)
  const config = placing(x, ranges)
  return select(pad(splat(1, aval(part.shape, 'bool')), false, config), pad(part, 0, config), x)
}

/** x with rows changed: `updates` is [...index shape, ...other axes of x]. */
const changeIndexed = (kind: Kind, x: Tensor, { axes, indices, shape }: Advanced, updates: Tensor): Tensor =>
  kind === 'set' && axes.length === 1 && sizeOf(shape) === 1
    ? setWindow(x, axes[0], reshape(indices[0], []), updates)
    : scatters[kind](x, indices, updates, axes)

/** One position on one axis: a window, unless it is out of range. */
const setWindow = (x: Tensor, axis: number, position: Tensor, updates: Tensor): Tensor => {
  const window = reshape(
    updates,
    x.shape.map((d, i) => (i === axis ? 1 : d)),
  )
  const changed = dynamicUpdateSlice(
    x,
    window,
    x.shape.map((_, i) => (i === axis ? position : 0)),
  )
  const inside = and(ge(position, 0), lt(position, x.shape[axis]))
  return select(broadcastTo(inside, x.shape), changed, x)
}
