import type { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { add, div, sub } from '../ops/elementwise/arithmetic.js'
import { eq, ge, gt } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { asType } from '../ops/elementwise/lift.js'
import { and } from '../ops/elementwise/logical.js'
import { where } from '../ops/elementwise/select.js'
import { mapAlike, selected } from './alike.js'
import {
  type GradientTransformation,
  increment,
  type States,
  transformation,
  zeroCount,
} from './gradientTransformation.js'
import { filledLike, perDType } from './moments.js'

/**
 * `step`: calls since the last that moved the parameters, i32[]; `count`: calls that moved them, i32[]; `mean`: that of the
 * gradients of this round, a tree like the parameters (left over from the last round where `step` is 0); and the inner state.
 */
export type MultiStepsState<S extends States = States> = {
  readonly step: Tensor
  readonly count: Tensor
  readonly mean: unknown
  readonly inner: S
}

/**
 * Gradient accumulation: every n-th call gives the inner transformation the mean of the last n gradients; the calls
 * between give updates of zero and leave its state alone. With k = 0, …, n − 1 calls of the round before this one:
 *
 * m ← g if k = 0, else m + (g − m)/(k + 1); u ← inner(m) if k = n − 1, else 0.
 *
 * So n calls with the mean loss of b examples each are one call with that of all n·b. The state holds the mean, not the sum:
 * it does not overflow where the sum would, and n equal gradients have that one as mean, bit for bit. Optax's
 * `MultiSteps`; in PyTorch, `loss / n` and a step every n batches. Schedules and moments inside count updates, not calls.
 *
 * A gradient that is not finite spoils the mean of its round: `multiSteps(applyIfFinite(inner, …), n)` drops the round,
 * `applyIfFinite(multiSteps(inner, n), …)` the one batch.
 * @param every n, a whole number; for 1 the updates are the inner transformation's, bit for bit
 * @throws GradError where `every` is not a positive whole number
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_wrappers.html, `MultiSteps`
 * @example
 * ```ts
 * const opt = optim.multiSteps(optim.sgd(0.5), 2)
 * const [none, state] = opt.update(np.array([1, -2]), opt.init(np.array([0, 0])))
 * const [mean] = opt.update(np.array([3, -4]), state)
 * none.toArray() // => [0, 0]
 * mean.toArray() // => [-1, 1.5]
 * ```
 */
export const multiSteps = <S extends States>(
  inner: GradientTransformation<S>,
  every: number,
): GradientTransformation<readonly [MultiStepsState<S>]> => {
  if (!(Number.isInteger(every) && every >= 1))
    throw new GradError(`multiSteps: a whole number of calls >= 1 is required, got ${every}.`)
  return transformation<MultiStepsState<S>>({
    name: `multiSteps(${inner.pieces.map((p) => p.name).join(', ')})`,
    init: (params) => ({
      step: zeroCount(),
      count: zeroCount(),
      mean: filledLike(params, 0),
      inner: inner.init(params),
    }),
    update<P>(grads: P, state: MultiStepsState<S>, params: P | undefined) {
      if (every === 1) {
        const [updates, next] = inner.update(grads, state.inner, params)
        return [updates, { ...state, step: zeroCount(), count: increment(state.count), inner: next }]
      }
      const mean = runningMean(state.mean as P, grads, state.step)
      const [updates, next] = inner.update(mean, state.inner, params)
      // Not equality: a state that was saved with a larger `every` ends its round at once.
      const last = ge(state.step, every - 1)
      return [
        selected(last, updates, filledLike(updates, 0) as typeof updates),
        {
          step: where(last, 0, increment(state.step)),
          count: where(last, increment(state.count), state.count),
          mean,
          inner: selected(last, next, state.inner),
        },
      ]
    },
  })
}

/** The mean with one more value; that value itself if it is the first, regardless of `mean`. */
const runningMean = <P>(mean: P, values: P, before: Tensor): P => {
  const size = perDType((dtype) => convert(increment(before), dtype))
  return mapAlike(
    'multiSteps',
    (m, value) => {
      const v = asType('multiSteps', value, m.dtype)
      return where(eq(before, 0), v, add(m, div(sub(v, m), size(m.dtype))))
    },
    mean,
    values,
  )
}

/**
 * Whether the last call moved the parameters, for work that belongs to an update, such as averaging parameters or logging.
 * @returns bool[]
 * @example
 * ```ts
 * const opt = optim.multiSteps(optim.sgd(0.5), 2)
 * const [, first] = opt.update(np.array([1]), opt.init(np.array([0])))
 * const [, second] = opt.update(np.array([3]), first)
 * optim.hasUpdated(first[0]).item() // => 0
 * optim.hasUpdated(second[0]).item() // => 1
 * ```
 */
export const hasUpdated = ({ step, count }: MultiStepsState): Tensor => and(eq(step, 0), gt(count, 0))
