import type { Tensor } from '../../graph/tensor.js'
import type { IndexMode, OutsideOptions, WriteOptions } from '../../graph/tensorMethods.js'
import { formatAval } from '../../ir/aval.js'
import { mod } from '../../ops/elementwise/arithmetic.js'
import { maximum, minimum } from '../../ops/elementwise/maximum.js'
import { gather as read } from '../../ops/indexing/gather.js'
import { scatterAdd as add } from '../../ops/indexing/scatterAdd.js'
import { scatterMax as max, scatterMin as min } from '../../ops/indexing/scatterExtremum.js'
import { inRange, type Scatter } from '../../ops/indexing/scatterForm.js'
import { scatterMul as mul } from '../../ops/indexing/scatterMul.js'
import { scatterSet as set } from '../../ops/indexing/scatterSet.js'
import { modeOf, requireInRange } from '../../transforms/indexRange.js'
import { fillOutside } from '../numpy/fillOutside.js'

/** Index arrays moved as the mode says. */
const placed = (
  name: string,
  x: Tensor,
  indices: readonly Tensor[],
  axes: readonly number[],
  mode: IndexMode | undefined,
): readonly Tensor[] =>
  indices.map((index, k) => {
    const size = x.shape[axes[k]]
    if (mode === undefined)
      requireInRange(name, index, { low: 0, size, of: `axis ${axes[k]} of ${formatAval(x.aval)}` })
    if (size === 0) return index
    return mode === 'wrap' ? mod(index, size) : mode === 'clip' ? maximum(minimum(index, size - 1), 0) : index
  })

/**
 * The elements of x whose position on `axes[k]` is `indices[k]`; all index arrays int32, of one shape I, counting from the
 * front. The result is [...I, ...the other axes in order]. Positions out of range throw where their values are known, are
 * clipped where they are traced, or do as `mode` says, as for `np.take`.
 *
 * This one form, with `scatterSet`, `scatterAdd`, … as its counterparts, serves instead of XLA's dimension
 * numbers: whole slices are the axes that are not indexed; positions along an axis (`takeAlongAxis`) are index
 * arrays on every axis, counting on the others; a window at each of several starts has an axis of I for each
 * of its own (start + 0, 1, …), as `vmap` makes of `dynamicSlice`; a batch is one more indexed axis
 * that counts.
 * @throws ShapeError, DTypeError unless there is one int32 array for each axis, all of one shape; IndexError
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const x = np.array([[1, 2, 3], [4, 5, 6]])
 * const int32 = (values: number[]) => np.array(values, { dtype: 'int32' })
 * lax.gather(x, [int32([2, 0])], [1]) // => [[3, 6], [1, 4]]
 * lax.gather(x, [int32([1, 0]), int32([2, 9])], [0, 1], { mode: 'clip' }) // => [6, 3]
 * ```
 */
export const gather = (
  x: Tensor,
  indices: readonly Tensor[],
  axes: readonly number[],
  options: OutsideOptions = {},
): Tensor => {
  const mode = modeOf('gather', options)
  const at = placed('gather', x, indices, axes, mode)
  const part = read(x, at, axes)
  return mode === 'fill' ? fillOutside(part, inRange(x, at, axes), options) : part
}

type Update = (
  x: Tensor,
  indices: readonly Tensor[],
  updates: Tensor,
  axes: readonly number[],
  options?: WriteOptions,
) => Tensor

const checked =
  (name: string, scatter: Scatter): Update =>
  (x, indices, updates, axes, options) =>
    scatter(x, placed(name, x, indices, axes, modeOf(name, options)), updates, axes)

/**
 * x with `updates` [...I, ...other axes] added where the position on `axes[k]` is `indices[k]` (int32, all of
 * one shape I). Positions named twice are added to twice. Those out of range throw where their values are known, are
 * dropped where they are traced, or do as `mode` says.
 * @throws IndexError
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const at = np.array([0, 2, 0, 9], { dtype: 'int32' })
 * lax.scatterAdd(np.zeros([3]), [at], np.array([1, 2, 3, 4]), [0], { mode: 'drop' }) // => [4, 0, 2]
 * lax.scatterAdd(np.zeros([3]), [at], np.array([1, 2, 3, 4]), [0]) // => throws IndexError: scatterAdd
 * ```
 */
export const scatterAdd = checked('scatterAdd', add)

/**
 * As `scatterAdd`, with elements replaced by `updates`; of several writes to one place the last stays, in row-major order of I.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const at = np.array([0, 2, 0], { dtype: 'int32' })
 * lax.scatterSet(np.ones([3]), [at], np.array([5, 6, 7]), [0]) // => [7, 1, 6]
 * ```
 */
export const scatterSet = checked('scatterSet', set)

/**
 * As `scatterAdd`, with elements multiplied by `updates`. Differentiable to every order, also where a place is named
 * twice or a factor is 0.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const at = np.array([0, 2, 0], { dtype: 'int32' })
 * lax.scatterMul(np.full([3], 2), [at], np.array([5, 3, 7]), [0]) // => [70, 2, 6]
 * ```
 */
export const scatterMul = checked('scatterMul', mul)

/**
 * As `scatterAdd`, with elements raised to `updates` where those are greater; NaN wins. Equal ones share the derivative.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const at = np.array([0, 2, 0], { dtype: 'int32' })
 * lax.scatterMax(np.ones([3]), [at], np.array([5, 0, 7]), [0]) // => [7, 1, 1]
 * ```
 */
export const scatterMax = checked('scatterMax', max)

/** As `scatterMax`, with the least of x's element and the updates to it. */
export const scatterMin = checked('scatterMin', min)
