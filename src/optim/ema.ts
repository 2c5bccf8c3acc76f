import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import {
  type GradientTransformation,
  increment,
  transformation,
  zeroCount,
} from './gradientTransformation.js'
import { requireDecay } from './hyperparameters.js'
import { filledLike, movingAverage, unbiased } from './moments.js'

/** Number of updates, and the average, not yet corrected, a tree like the parameters. */
export type EmaState = { readonly count: Tensor; readonly average: unknown }

/**
 * Exponential moving average of updates: a ← decay·a + (1 − decay)·x, result a / (1 − decayᵗ). A piece that smooths the
 * updates of a chain, as Optax's `ema`. For an average of parameters, kept beside the optimiser: `parameterAverage`.
 * @param options `debias` (true): whether the weight gathered so far is divided out
 * @example
 * ```ts
 * const average = optim.ema(0.5)
 * const [, state] = average.update(np.array([0]), average.init(np.array([0])))
 * average.update(np.array([3]), state)[0].toArray() // => [2]
 * ```
 */
export const ema = (
  decay: number,
  options?: { readonly debias?: boolean },
): GradientTransformation<readonly [EmaState]> => {
  const { debias = true } = optionsOf('ema', 'debias', options)
  requireDecay('ema', 'decay', decay)
  return transformation<EmaState>({
    name: 'ema',
    init: (params) => ({ count: zeroCount(), average: filledLike(params, 0) }),
    update<P>(values: P, state: EmaState) {
      const count = increment(state.count)
      const average = movingAverage(state.average as P, values, decay)
      return [debias ? unbiased(average, decay, count) : average, { count, average }]
    },
  })
}
