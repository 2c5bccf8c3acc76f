import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { add, mul, sub } from '../ops/elementwise/arithmetic.js'
import { rsqrt } from '../ops/elementwise/sqrt.js'
import { square } from '../ops/elementwise/square.js'
import { chain, identity } from './chain.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { requireDecay } from './hyperparameters.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { filledLike, movingAverage } from './moments.js'
import { momentum } from './momentum.js'

/** Moving averages of squares and, if centred, of gradients: trees like the parameters. */
export type RmsState = { readonly nu: unknown; readonly mu: unknown }

/** Averages of squares and gradients, and the rescaled gradients, for both formulas. @internal */
export const rmsPiece = (
  name: string,
  decay: number,
  initial: number,
  centered: boolean,
  rescale: (g: Tensor, meanSquare: Tensor) => Tensor,
): GradientTransformation<readonly [RmsState]> => {
  requireDecay(name, 'decay', decay)
  return transformation<RmsState>({
    name,
    init: (params) => ({ nu: filledLike(params, initial), mu: centered ? filledLike(params, 0) : null }),
    update<P>(grads: P, state: RmsState) {
      const nu = movingAverage(state.nu as P, tree.map(square, grads), decay)
      if (!centered) return [tree.map(rescale, grads, nu), { nu, mu: null }]
      const mu = movingAverage(state.mu as P, grads, decay)
      const variance = tree.map((v, m) => sub(v, square(m)), nu, mu)
      return [tree.map(rescale, grads, variance), { nu, mu }]
    },
  })
}

export type RmsOptions = {
  /** Decay of the averages (0.9). */
  readonly decay?: number
  /** Added to the average under the root (1e-8). */
  readonly eps?: number
  /** First average of squares (0). */
  readonly initial?: number
  /** Whether the gradients' mean is taken off first (false). */
  readonly centered?: boolean
}

/**
 * Gradients over their root mean square, eps **under** the root: v ← decay·v + (1 − decay)·g²,
 * u ← g / √(v + eps); centred: u ← g / √(v − m² + eps), m the average of gradients. Optax's formula.
 */
export const scaleByRms = (options?: RmsOptions): GradientTransformation<readonly [RmsState]> => {
  const {
    decay = 0.9,
    eps = 1e-8,
    initial = 0,
    centered = false,
  } = optionsOf('scaleByRms', 'decay eps initial centered', options)
  return rmsPiece('scaleByRms', decay, initial, centered, (g, v) => mul(g, rsqrt(add(v, eps))))
}

/**
 * RMSProp as Optax has it: `scaleByRms`, −learningRate, then momentum. PyTorch's is `rmspropTorch`.
 * @param options as `scaleByRms`; `momentum` (none) and `nesterov` (false) of the rescaled gradients
 * @see Tieleman and Hinton, Lecture 6.5 of Neural networks for machine learning (2012); Graves, Generating sequences
 *   with recurrent neural networks (2013), equations 38 to 45, for the centred one
 * @example
 * ```ts
 * const opt = optim.rmsprop(0.01, { momentum: 0.9 })
 * opt.pieces.map((p) => p.name) // => ['scaleByRms', 'scale', 'momentum']
 * ```
 */
export const rmsprop = (
  learningRate: LearningRate,
  options?: RmsOptions & { readonly momentum?: number; readonly nesterov?: boolean },
): GradientTransformation => {
  const names = 'decay eps initial centered momentum nesterov'
  const { momentum: velocity, nesterov, ...own } = optionsOf('rmsprop', names, options)
  return chain(
    scaleByRms(own),
    scaleByLearningRate(learningRate),
    velocity === undefined ? identity : momentum(velocity, { nesterov }),
  )
}
