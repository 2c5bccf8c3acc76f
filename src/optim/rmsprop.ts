import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { add, div, mul, sub } from '../ops/elementwise/arithmetic.js'
import { safeSqrt } from '../ops/elementwise/hypot.js'
import { rsqrt } from '../ops/elementwise/sqrt.js'
import { square } from '../ops/elementwise/square.js'
import { chain, identity } from './chain.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { type Convention, isTorch, requireDecay } from './hyperparameters.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { filledLike, movingAverage } from './moments.js'
import { momentum } from './momentum.js'
import { addL2 } from './weightDecay.js'

/** Moving averages of squares and, if centred, of gradients: trees like the parameters. */
export type RmsState = { readonly nu: unknown; readonly mu: unknown }

export type RmsOptions = {
  /**
   * `'optax'` (the default): eps under the root, decay 0.9, momentum of the steps after the learning rate.
   * `'torch'`: eps beside the root, decay 0.99, momentum before the learning rate.
   */
  readonly convention?: Convention
  /** Decay of the averages, PyTorch's `alpha`; as the convention has it. */
  readonly decay?: number
  /** Added to the average under the root, or to the root (1e-8). */
  readonly eps?: number
  /** First average of squares (0). */
  readonly initial?: number
  /** Whether the gradients' mean is taken off first (false). */
  readonly centered?: boolean
}

/**
 * Gradients over their root mean square: v ← decay·v + (1 − decay)·g², u ← g / √(v + eps), or g / (√v + eps) with convention
 * `'torch'`; centred: v − m² in place of v, m the average of gradients.
 * @throws GradError on an unknown convention, or a decay outside [0, 1)
 */
export const scaleByRms = (options?: RmsOptions): GradientTransformation<readonly [RmsState]> => {
  const name = 'scaleByRms'
  const given = optionsOf(name, 'convention decay eps initial centered', options)
  const torch = isTorch(name, given.convention ?? 'optax')
  const { decay = torch ? 0.99 : 0.9, eps = 1e-8, initial = 0, centered = false } = given
  requireDecay(name, 'decay', decay)
  const rescale = torch
    ? (g: Tensor, v: Tensor) => div(g, add(safeSqrt(v), eps))
    : (g: Tensor, v: Tensor) => mul(g, rsqrt(add(v, eps)))
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

/**
 * RMSProp as Optax has it, or as `torch.optim.RMSprop` where `convention` is `'torch'`.
 * @param options as `scaleByRms`; `momentum` (none) and `nesterov` (false) of the rescaled gradients; `weightDecay` (0): L2
 * @see Tieleman and Hinton, Lecture 6.5 of Neural networks for machine learning (2012); Graves, Generating sequences
 *   with recurrent neural networks (2013), equations 38 to 45, for the centred one
 * @example
 * ```ts
 * const opt = optim.rmsprop(0.01, { momentum: 0.9 })
 * opt.pieces.map((p) => p.name) // => ['scaleByRms', 'scale', 'momentum']
 * const torch = optim.rmsprop(0.01, { momentum: 0.9, convention: 'torch' })
 * torch.pieces.map((p) => p.name) // => ['scaleByRms', 'momentum', 'scale']
 * ```
 */
export const rmsprop = (
  learningRate: LearningRate,
  options?: RmsOptions & {
    readonly momentum?: number
    readonly nesterov?: boolean
    readonly weightDecay?: number
  },
): GradientTransformation => {
  const names = 'convention decay eps initial centered momentum nesterov weightDecay'
  const { momentum: velocity, nesterov, weightDecay, ...own } = optionsOf('rmsprop', names, options)
  const rate = scaleByLearningRate(learningRate)
  const trace = velocity === undefined ? identity : momentum(velocity, { nesterov })
  return chain(
    weightDecay === undefined ? identity : addL2(weightDecay),
    scaleByRms(own),
    ...(own.convention === 'torch' ? [trace, rate] : [rate, trace]),
  )
}
