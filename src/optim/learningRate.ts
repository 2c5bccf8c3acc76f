import type { Tensor, TensorLike } from '../graph/tensor.js'
import { neg } from '../ops/elementwise/arithmetic.js'
import type { GradientTransformation } from './gradientTransformation.js'
import { requireFinite } from './hyperparameters.js'
import { scale } from './scale.js'
import { scaleBySchedule } from './scaleBySchedule.js'

/** A number, or a function of the number of updates so far. */
export type LearningRate = number | ((count: Tensor) => TensorLike)

/**
 * The last piece of an optimiser: u ← −rate·g, or −rate(t)·g, so that adding the updates descends.
 * @example
 * ```ts
 * const opt = optim.chain(optim.momentum(0.9), optim.scaleByLearningRate(optim.exponentialSchedule(0.1, 0.5)))
 * opt.pieces.length // => 2
 * ```
 */
export const scaleByLearningRate = (rate: LearningRate): GradientTransformation =>
  typeof rate === 'function'
    ? scaleBySchedule((count) => neg(rate(count)))
    : scale(-requireFinite('learning rate', 'number or a schedule', rate))
