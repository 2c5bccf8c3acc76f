import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { add, mul } from '../ops/elementwise/arithmetic.js'
import { gt } from '../ops/elementwise/comparison.js'
import { where } from '../ops/elementwise/select.js'
import { rsqrt } from '../ops/elementwise/sqrt.js'
import { square } from '../ops/elementwise/square.js'
import { mapAlike } from './alike.js'
import { chain } from './chain.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { filledLike } from './moments.js'

/** Sums of squares so far, a tree like the parameters. */
export type AdagradState = { readonly sumOfSquares: unknown }

export type AdagradOptions = {
  /** First sum of squares (0.1). */
  readonly initial?: number
  /** Added to the sum under the root (1e-7). */
  readonly eps?: number
}

/**
 * Gradients over the root of the sum of all squares: s ← s + g², u ← g / √(s + eps), 0 where s = 0.
 */
export const scaleByAdagrad = (options?: AdagradOptions): GradientTransformation<readonly [AdagradState]> => {
  const { initial = 0.1, eps = 1e-7 } = optionsOf('scaleByAdagrad', 'initial eps', options)
  return transformation<AdagradState>({
    name: 'scaleByAdagrad',
    init: (params) => ({ sumOfSquares: filledLike(params, initial) }),
    update<P>(grads: P, state: AdagradState) {
      const sumOfSquares = mapAlike(
        'scaleByAdagrad',
        (s, g) => add(s, square(g)),
        state.sumOfSquares as P,
        grads,
      )
      const rescaled = (g: Tensor, s: Tensor): Tensor => {
        const some = gt(s, 0)
        // 1 where nothing is divided, so that the derivative does not meet 0·∞ there
        return where(some, mul(g, rsqrt(where(some, add(s, eps), 1))), 0)
      }
      const updates = tree.map(rescaled, grads, sumOfSquares)
      return [updates, { sumOfSquares }]
    },
  })
}

/**
 * Adagrad: `scaleByAdagrad`, then −learningRate. Equal to `optax.adagrad` (PyTorch's starts at 0, and has eps, 1e-10,
 * beside the root).
 * @see Duchi et al., Adaptive subgradient methods for online learning and stochastic optimization (2011)
 * @example
 * ```ts
 * const opt = optim.adagrad(0.1, { initial: 0, eps: 0 })
 * opt.update(np.array([4]), opt.init(np.array([1])))[0].toArray() // => [-0.1]
 * ```
 */
export const adagrad = (learningRate: LearningRate, options?: AdagradOptions): GradientTransformation =>
  chain(scaleByAdagrad(optionsOf('adagrad', 'initial eps', options)), scaleByLearningRate(learningRate))
