import { optionsOf } from '../graph/options.js'
import { add, div } from '../ops/elementwise/arithmetic.js'
import { safeSqrt } from '../ops/elementwise/hypot.js'
import { chain, identity } from './chain.js'
import type { GradientTransformation } from './gradientTransformation.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { momentum } from './momentum.js'
import { type RmsState, rmsPiece } from './rmsprop.js'
import { addL2 } from './weightDecay.js'

export type RmsTorchOptions = {
  /** Decay of the averages (0.99). */
  readonly alpha?: number
  /** Added to the root (1e-8). */
  readonly eps?: number
  /** Whether the gradients' mean is taken off first (false). */
  readonly centered?: boolean
}

/**
 * Gradients over their root mean square, eps **beside** the root: v ← alpha·v + (1 − alpha)·g², u ← g / (√v + eps);
 * centred: u ← g / (√(v − m²) + eps), m the average of gradients. PyTorch's formula.
 */
export const scaleByRmsTorch = (options?: RmsTorchOptions): GradientTransformation<readonly [RmsState]> => {
  const {
    alpha = 0.99,
    eps = 1e-8,
    centered = false,
  } = optionsOf('scaleByRmsTorch', 'alpha eps centered', options)
  return rmsPiece('scaleByRmsTorch', alpha, 0, centered, (g, v) => div(g, add(safeSqrt(v), eps)))
}

/**
 * RMSProp as PyTorch has it: `scaleByRmsTorch`, momentum, then −learningRate. Equal to `torch.optim.RMSprop`.
 * @param options as `scaleByRmsTorch`; `momentum` (none) of the rescaled gradients; `weightDecay` (0): L2
 * @see Tieleman and Hinton, Lecture 6.5 of Neural networks for machine learning (2012)
 * @example
 * ```ts
 * const opt = optim.rmspropTorch(0.01, { momentum: 0.9 })
 * opt.pieces.map((p) => p.name) // => ['scaleByRmsTorch', 'momentum', 'scale']
 * ```
 */
export const rmspropTorch = (
  learningRate: LearningRate,
  options?: RmsTorchOptions & { readonly momentum?: number; readonly weightDecay?: number },
): GradientTransformation => {
  const names = 'alpha eps centered momentum weightDecay'
  const { momentum: velocity, weightDecay, ...own } = optionsOf('rmspropTorch', names, options)
  return chain(
    weightDecay === undefined ? identity : addL2(weightDecay),
    scaleByRmsTorch(own),
    velocity === undefined ? identity : momentum(velocity),
    scaleByLearningRate(learningRate),
  )
}
