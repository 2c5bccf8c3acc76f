import { splatValue, type Tensor, type TensorLike } from '../../graph/tensor.js'
import type { Shape } from '../../ir/aval.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { lt } from '../../ops/elementwise/comparison.js'
import { toTensor } from '../../ops/elementwise/lift.js'
import { select } from '../../ops/elementwise/select.js'
import { dynamicSlice as read } from '../../ops/indexing/dynamicSlice.js'
import { dynamicUpdateSlice as write } from '../../ops/indexing/dynamicUpdateSlice.js'

/** Starts counted from the front. */
const fromFront = (x: Tensor, starts: readonly TensorLike[]): readonly TensorLike[] =>
  starts.map((start, axis) => {
    const t = toTensor(start, 'int')
    const size = x.shape[axis] ?? 0
    const value = splatValue(t)
    if (value !== null) return value < 0 ? value + size : value
    return t.dtype === 'int32' ? select(lt(t, 0), add(t, size), t) : t
  })

/**
 * The part of x of shape `sizes` that begins at `starts`, one int32 scalar (or JS number) an axis. They may be traced.
 * Negative ones count from the end; then all are moved so that the window fits.
 * @throws ShapeError, DTypeError unless the window fits x and every axis has a start
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * lax.dynamicSlice(np.arange(6), [2], [2]) // => [2, 3]
 * lax.dynamicSlice(np.arange(6), [-4], [2]) // => [2, 3]
 * lax.dynamicSlice(np.arange(6), [5], [2]) // => [4, 5]
 * ```
 */
export const dynamicSlice = (x: Tensor, starts: readonly TensorLike[], sizes: Shape): Tensor =>
  read(x, fromFront(x, starts), sizes)

/**
 * x with `update`, of the same rank and dtype, written at `starts`, which are as for `dynamicSlice`.
 * @throws ShapeError, DTypeError unless the update fits x and every axis has a start
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * lax.dynamicUpdateSlice(np.zeros([4]), np.ones([2]), [-3]) // => [0, 1, 1, 0]
 * ```
 */
export const dynamicUpdateSlice = (x: Tensor, update: Tensor, starts: readonly TensorLike[]): Tensor =>
  write(x, update, fromFront(x, starts))
