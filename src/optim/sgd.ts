import { optionsOf } from '../graph/options.js'
import { chain, identity } from './chain.js'
import type { GradientTransformation } from './gradientTransformation.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { momentum } from './momentum.js'
import { addL2 } from './weightDecay.js'

/**
 * Gradient descent: p ← p − lr·g; with momentum μ: v ← μ·v + g, p ← p − lr·v; with Nesterov's:
 * p ← p − lr·(g + μ·v). Equal to `torch.optim.SGD` and `optax.sgd`.
 * @param options `momentum` (none), `nesterov` (false), `weightDecay` (0): PyTorch's, that is L2
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning (2013)
 * @example
 * ```ts
 * const opt = optim.sgd(0.1, { momentum: 0.9, nesterov: true })
 * opt.pieces.map((p) => p.name) // => ['momentum', 'scale']
 * ```
 */
export const sgd = (
  learningRate: LearningRate,
  options?: { readonly momentum?: number; readonly nesterov?: boolean; readonly weightDecay?: number },
): GradientTransformation => {
  const {
    momentum: decay,
    nesterov,
    weightDecay,
  } = optionsOf('sgd', 'momentum nesterov weightDecay', options)
  return chain(
    weightDecay === undefined ? identity : addL2(weightDecay),
    decay === undefined ? identity : momentum(decay, { nesterov }),
    scaleByLearningRate(learningRate),
  )
}
