import { splat, type Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { aval } from '../ir/aval.js'
import { GradError } from '../ir/errors.js'
import { gt } from '../ops/elementwise/comparison.js'
import { isFinite } from '../ops/elementwise/isFinite.js'
import { and, or } from '../ops/elementwise/logical.js'
import { where } from '../ops/elementwise/select.js'
import { reduceAnd } from '../ops/reductions/reduceLogical.js'
import { selected } from './alike.js'
import {
  type GradientTransformation,
  increment,
  type States,
  transformation,
  zeroCount,
} from './gradientTransformation.js'
import { filledLike } from './moments.js'

/**
 * Calls whose gradients were not all finite, i32[]: `consecutive`, the latest ones in a row, and `total`, including those that
 * were let through; and the inner state.
 */
export type ApplyIfFiniteState<S extends States = States> = {
  readonly consecutive: Tensor
  readonly total: Tensor
  readonly inner: S
}

/**
 * Drops gradients that are not finite: where any element of any leaf is NaN or infinite, the update is zero and the inner
 * state stays as it is. After `maxConsecutive` such calls in a row the next ones are let through, so that a training that
 * is beyond help shows it. Optax's `apply_if_finite`.
 * @param options `maxConsecutive`: the number of calls in a row to drop; 0 drops none
 * @throws GradError where `maxConsecutive` is not a whole number
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_wrappers.html, `apply_if_finite`
 * @example
 * ```ts
 * const opt = optim.applyIfFinite(optim.sgd(0.5), { maxConsecutive: 3 })
 * const [updates, [state]] = opt.update(np.array([1, NaN]), opt.init(np.array([0, 0])))
 * updates.toArray() // => [0, 0]
 * await optim.nonFiniteCounts(state) // => { consecutive: 1, total: 1 }
 * ```
 */
export const applyIfFinite = <S extends States>(
  inner: GradientTransformation<S>,
  { maxConsecutive }: { readonly maxConsecutive: number },
): GradientTransformation<readonly [ApplyIfFiniteState<S>]> => {
  if (!(Number.isInteger(maxConsecutive) && maxConsecutive >= 0))
    throw new GradError(
      `applyIfFinite: a whole number >= 0 is required as maxConsecutive, got ${maxConsecutive}.`,
    )
  return transformation<ApplyIfFiniteState<S>>({
    name: `applyIfFinite(${inner.pieces.map((p) => p.name).join(', ')})`,
    init: (params) => ({ consecutive: zeroCount(), total: zeroCount(), inner: inner.init(params) }),
    update(grads, state, params) {
      const finite = allFinite(grads)
      const consecutive = where(finite, 0, increment(state.consecutive))
      const total = where(finite, state.total, increment(state.total))
      const accepted = or(finite, gt(consecutive, maxConsecutive))
      const [updates, next] = inner.update(grads, state.inner, params)
      return [
        selected(accepted, updates, filledLike(updates, 0) as typeof updates),
        { consecutive, total, inner: selected(accepted, next, state.inner) },
      ]
    },
  })
}

/** Whether no element of any leaf is NaN or infinite. bool[] */
const allFinite = (values: unknown): Tensor =>
  tree
    .leaves(values)
    .map((leaf) => {
      const finite = isFinite(leaf)
      return reduceAnd(
        finite,
        finite.shape.map((_, axis) => axis),
      )
    })
    .reduce(and, splat(1, aval([], 'bool')))

/**
 * The counters of `applyIfFinite` as numbers, for a log or a warning; `async`, since a device may have to be awaited.
 * @example
 * ```ts
 * const opt = optim.applyIfFinite(optim.adam(1e-3), { maxConsecutive: 5 })
 * const [state] = opt.init(np.zeros([2]))
 * await optim.nonFiniteCounts(state) // => { consecutive: 0, total: 0 }
 * ```
 */
export const nonFiniteCounts = async ({
  consecutive,
  total,
}: ApplyIfFiniteState): Promise<{ readonly consecutive: number; readonly total: number }> => ({
  consecutive: Number((await consecutive.data())[0]),
  total: Number((await total.data())[0]),
})
