import { optionsOf } from '../graph/options.js'
import * as tree from '../graph/tree.js'
import { sign } from '../ops/elementwise/abs.js'
import { chain, identity } from './chain.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { requireDecay } from './hyperparameters.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { type Mask, masked } from './masked.js'
import { filledLike, movingAverage } from './moments.js'
import { addDecayedWeights } from './weightDecay.js'

/** Moving average of gradients, a tree like the parameters. */
export type LionState = { readonly mu: unknown }

export type LionOptions = {
  /** Weight of the average against the gradient in the sign (0.9). */
  readonly b1?: number
  /** Decay of the average (0.99). */
  readonly b2?: number
}

/** Signs of smoothed gradients: u ← sign(b1·m + (1 − b1)·g), then m ← b2·m + (1 − b2)·g. */
export const scaleByLion = (options?: LionOptions): GradientTransformation<readonly [LionState]> => {
  const { b1 = 0.9, b2 = 0.99 } = optionsOf('scaleByLion', 'b1 b2', options)
  requireDecay('scaleByLion', 'b1', b1)
  requireDecay('scaleByLion', 'b2', b2)
  return transformation<LionState>({
    name: 'scaleByLion',
    init: (params) => ({ mu: filledLike(params, 0) }),
    update<P>(grads: P, state: LionState) {
      const updates = tree.map(sign, movingAverage(state.mu as P, grads, b1))
      return [updates, { mu: movingAverage(state.mu as P, grads, b2) }]
    },
  })
}

/**
 * Lion: `scaleByLion`, decoupled weight decay, then −learningRate. Every element moves by the rate, so the
 * learning rate should be 3 to 10 times smaller than Adam's.
 * @param options as `scaleByLion`; `weightDecay` (0); `mask`: the leaves that decay (all)
 * @see Chen et al., Symbolic discovery of optimization algorithms (2023), algorithm 2
 * @example
 * ```ts
 * const opt = optim.lion(0.5)
 * opt.update(np.array([7, -0.1]), opt.init(np.array([0, 0])))[0].toArray() // => [-0.5, 0.5]
 * ```
 */
export const lion = (
  learningRate: LearningRate,
  options?: LionOptions & { readonly weightDecay?: number; readonly mask?: Mask },
): GradientTransformation => {
  const { weightDecay, mask, ...own } = optionsOf('lion', 'b1 b2 weightDecay mask', options)
  const decay: GradientTransformation = weightDecay === undefined ? identity : addDecayedWeights(weightDecay)
  return chain(
    scaleByLion(own),
    mask === undefined ? decay : masked(decay, mask),
    scaleByLearningRate(learningRate),
  )
}
