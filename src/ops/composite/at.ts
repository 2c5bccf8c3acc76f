import { aval, formatAval, type Shape, sizeOf } from '../../graph/aval.js'
import { type DType, isFloat, storedValue } from '../../graph/dtype.js'
import { DTypeError } from '../../graph/errors.js'
import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import type { At, Index } from '../../graph/tensorMethods.js'
import { add } from '../arithmetic.js'
import { broadcastInDim } from '../broadcast.js'
import { ge, lt } from '../comparison.js'
import { convert } from '../convert.js'
import { dynamicUpdateSlice } from '../dynamicUpdateSlice.js'
import { gather } from '../gather.js'
import { broadcastTo, toTensor } from '../lift.js'
import { and } from '../logical.js'
import { type PadAxis, pad } from '../pad.js'
import { keptAxes } from '../reduceSum.js'
import { reshape } from '../reshape.js'
import { rev } from '../rev.js'
import { scatterAdd } from '../scatterAdd.js'
import { select } from '../select.js'
import { inverse, transpose } from '../transpose.js'
import { repeatedTo } from './arrangement.js'
import { resultOrder } from './indexing.js'
import { type Advanced, ascending, backwardAxes, planIndex, type Range, takeRanges } from './indexPlan.js'
import { flatNumbers, flatTargets, sourceOf } from './lastWrite.js'

type Kind = 'set' | 'add'

/**
 * Parts of x to replace or add to, indexed as by `get`: `at(x, i).set(v)`, `at(x, i).add(v)` give new tensors.
 *
 * Values broadcast to the part. Negative positions count from the end; writes out of range are dropped. Of
 * several writes to one place, `set` keeps the last (in row-major order of the index arrays), `add` adds all.
 * @throws DTypeError where the values are of a kind that x does not hold
 * @example
 * ```ts
 * const x = np.array([1, 2, 3])
 * np.at(x, 0).set(9) // => [9, 2, 3]
 * np.at(x, { start: 1 }).add(10) // => [1, 12, 13]
 * np.at(x, [0, 0]).add(1) // => [3, 2, 3]
 * np.at(x, [0, 0]).set(np.array([7, 8])) // => [8, 2, 3]
 * ```
 */
export const at = (x: Tensor, ...index: readonly Index[]): At => ({
  set: (values) => update('set', x, index, values),
  add: (values) => update('add', x, index, values),
})

const update = (kind: Kind, x: Tensor, index: readonly Index[], values: TensorLike): Tensor => {
  const { ranges, advanced, before, shape } = planIndex(x, index, 'keep')
  const given = repeatedTo(`at.${kind}`, valuesFor(`at.${kind}`, x, values), shape)
  const dropped = ranges.some(({ first, count }, axis) => count > 0 && (first < 0 || first >= x.shape[axis]))
  if (given.size === 0 || x.size === 0 || dropped) return x
  const counts = ranges.map((r) => r.count)
  const backward = backwardAxes(ranges)
  if (advanced === null) return writeRanges(kind, x, ranges, rev(reshape(given, counts), backward))
  // the integer arrays change the part that the ranges name, which is then put back
  const part = takeRanges(x, ranges)
  const order = resultOrder(advanced, before, x.ndim)
  const source = [...advanced.shape, ...keptAxes(part.shape, advanced.axes).map((i) => part.shape[i])]
  const updates = transpose(
    reshape(
      given,
      order.map((i) => source[i]),
    ),
    inverse(order),
  )
  const changed =
    kind === 'add'
      ? scatterAdd(part, advanced.indices, updates, advanced.axes)
      : scatterSet(part, advanced, updates)
  return writeRanges('set', x, ranges, rev(changed, backward))
}

const category = (dtype: DType): number => (dtype === 'bool' ? 0 : isFloat(dtype) ? 2 : 1)

/** Values in x's dtype; integers fit floats, but not the other way. */
const valuesFor = (name: string, x: Tensor, values: TensorLike): Tensor => {
  const t = toTensor(values, Number.isInteger(values) ? 'int' : 'float')
  if (category(t.dtype) > category(x.dtype)) {
    const got = typeof values === 'number' ? String(values) : formatAval(t.aval)
    throw new DTypeError(
      `${name}: values that ${formatAval(x.aval)} can hold are required, got ${got}. Convert with astype.`,
    )
  }
  return typeof values === 'number'
    ? splat(storedValue(x.dtype, values), aval([], x.dtype))
    : convert(t, x.dtype)
}

/** x with a part, a range on each axis, replaced or added to; `part` is in ascending order. */
const writeRanges = (kind: Kind, x: Tensor, ranges: readonly Range[], part: Tensor): Tensor => {
  const { start, strides } = ascending(ranges)
  const dense = strides.every((s, i) => s === 1 || ranges[i].count === 1)
  if (kind === 'set' && dense) return dynamicUpdateSlice(x, part, start)
  const config = ranges.map(({ count }, i): PadAxis => {
    const span = (count - 1) * strides[i] + 1
    return [start[i], x.shape[i] - start[i] - span, strides[i] - 1]
  })
  const spread = pad(part, 0, config)
  if (kind === 'add') return add(x, spread)
  return select(pad(splat(1, aval(part.shape, 'bool')), false, config), spread, x)
}

/** x with rows replaced: `updates` is [...index shape, ...other axes of x]. */
const scatterSet = (x: Tensor, { axes, indices, known, shape }: Advanced, updates: Tensor): Tensor => {
  const count = sizeOf(shape)
  if (axes.length === 1 && count === 1) return setWindow(x, axes[0], reshape(indices[0], []), updates)
  const sizes = axes.map((a) => x.shape[a])
  const rest = keptAxes(x.shape, axes)
  const size = sizeOf(sizes)
  const { write, written } = sourceOf(
    flatTargets(indices, sizes),
    size,
    known === null ? null : flatNumbers(known, sizes),
  )
  const full: Shape = [...sizes, ...rest.map((i) => x.shape[i])]
  const order = inverse([...axes, ...rest])
  const rows = gather(reshape(updates, [count, ...full.slice(axes.length)]), [write], [0])
  const mask = broadcastInDim(
    reshape(written, sizes),
    full,
    sizes.map((_, i) => i),
  )
  return select(transpose(mask, order), transpose(reshape(rows, full), order), x)
}

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
