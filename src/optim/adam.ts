import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { add, div } from '../ops/elementwise/arithmetic.js'
import { safeSqrt } from '../ops/elementwise/hypot.js'
import { square } from '../ops/elementwise/square.js'
import { chain, identity } from './chain.js'
import {
  type GradientTransformation,
  increment,
  transformation,
  zeroCount,
} from './gradientTransformation.js'
import { requireDecay } from './hyperparameters.js'
import { type LearningRate, scaleByLearningRate } from './learningRate.js'
import { type Mask, masked } from './masked.js'
import { filledLike, movingAverage, unbiased } from './moments.js'
import { addDecayedWeights, addL2 } from './weightDecay.js'

/** Number of updates, and moving averages of gradients and of their squares: trees like the parameters. */
export type AdamState = { readonly count: Tensor; readonly mu: unknown; readonly nu: unknown }

export type AdamOptions = {
  /** Decay of the average of gradients (0.9). */
  readonly b1?: number
  /** Decay of the average of squares (0.999). */
  readonly b2?: number
  /** Added to the root of the average of squares (1e-8). */
  readonly eps?: number
  /** Added to the average of squares under the root (0). */
  readonly epsRoot?: number
}

/**
 * Gradients in units of their root mean square:
 * m ← b1·m + (1 − b1)·g, v ← b2·v + (1 − b2)·g², u ← m̂ / (√(v̂ + epsRoot) + eps), with m̂ = m/(1 − b1ᵗ), v̂ = v/(1 − b2ᵗ), t = 1, 2, ….
 * The root is a constant to differentiation where v̂ + epsRoot is 0: the derivative through a step is 1/eps there.
 * @see Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1
 * @example
 * ```ts
 * const opt = optim.scaleByAdam({ eps: 0 })
 * const g = np.array([-3, 0.1])
 * opt.update(g, opt.init(g))[0].round().toArray() // => [-1, 1]
 * ```
 */
export const scaleByAdam = (options?: AdamOptions): GradientTransformation<readonly [AdamState]> => {
  const {
    b1 = 0.9,
    b2 = 0.999,
    eps = 1e-8,
    epsRoot = 0,
  } = optionsOf('scaleByAdam', 'b1 b2 eps epsRoot', options)
  requireDecay('scaleByAdam', 'b1', b1)
  requireDecay('scaleByAdam', 'b2', b2)
  return transformation<AdamState>({
    name: 'scaleByAdam',
    init: (params) => ({ count: zeroCount(), mu: filledLike(params, 0), nu: filledLike(params, 0) }),
    update<P>(grads: P, state: AdamState) {
      const count = increment(state.count)
      const mu = movingAverage(state.mu as P, grads, b1)
      const nu = movingAverage(state.nu as P, tree.map(square, grads), b2)
      const updates = tree.map(
        (m, v) => div(m, add(safeSqrt(epsRoot === 0 ? v : add(v, epsRoot)), eps)),
        unbiased(mu, b1, count),
        unbiased(nu, b2, count),
      )
      return [updates, { count, mu, nu }]
    },
  })
}

/**
 * Adam: `scaleByAdam`, then −learningRate. Equal to `torch.optim.Adam` and `optax.adam`.
 * @param options as `scaleByAdam`; `weightDecay` (0): PyTorch's, that is `addL2` before all else
 * @see Kingma and Ba, Adam: a method for stochastic optimization (2015)
 * @example
 * ```ts
 * const opt = optim.adam(1e-3)
 * const params = { w: np.array([1]) }
 * const [updates] = opt.update({ w: np.array([5]) }, opt.init(params))
 * optim.applyUpdates(params, updates).w.item().toFixed(4) // => '0.9990'
 * ```
 */
export const adam = (
  learningRate: LearningRate,
  options?: AdamOptions & { readonly weightDecay?: number },
): GradientTransformation => {
  const { weightDecay, ...own } = optionsOf('adam', 'b1 b2 eps epsRoot weightDecay', options)
  return chain(
    weightDecay === undefined ? identity : addL2(weightDecay),
    scaleByAdam(own),
    scaleByLearningRate(learningRate),
  )
}

/**
 * Adam with decoupled weight decay: p ← p − lr·(m̂/(√v̂ + eps) + weightDecay·p). Equal to `torch.optim.AdamW`.
 * @param options as `scaleByAdam`; `weightDecay` (0.01); `mask`: the leaves that decay (all), as `masked` takes it
 * @see Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2
 * @example
 * ```ts
 * const opt = optim.adamw(1e-3, { mask: (params) => tree.map((p) => p.ndim > 1, params) })
 * opt.pieces.map((p) => p.name) // => ['scaleByAdam', 'masked(addDecayedWeights)', 'scale']
 * ```
 */
export const adamw = (
  learningRate: LearningRate,
  options?: AdamOptions & { readonly weightDecay?: number; readonly mask?: Mask },
): GradientTransformation => {
  const {
    weightDecay = 0.01,
    mask,
    ...own
  } = optionsOf('adamw', 'b1 b2 eps epsRoot weightDecay mask', options)
  const decay = addDecayedWeights(weightDecay)
  return chain(
    scaleByAdam(own),
    mask === undefined ? decay : masked(decay, mask),
    scaleByLearningRate(learningRate),
  )
}
