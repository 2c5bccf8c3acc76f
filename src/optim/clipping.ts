import * as tree from '../graph/tree.js'
import { GradError } from '../ir/errors.js'
import { div, mul } from '../ops/elementwise/arithmetic.js'
import { clamp } from '../ops/elementwise/clamp.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { maximum } from '../ops/elementwise/maximum.js'
import { globalNorm } from './globalNorm.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'

const requireLimit = (operation: string, limit: number): void => {
  if (!(limit > 0)) throw new GradError(`${operation}: a positive limit is required, got ${limit}.`)
}

/**
 * Clips each element to [−limit, limit].
 * @example
 * ```ts
 * const [updates] = optim.clip(1).update(np.array([-3, 0.5, 2]), [null])
 * updates.toArray() // => [-1, 0.5, 1]
 * ```
 */
export const clip = (limit: number): GradientTransformation<readonly [null]> => {
  requireLimit('clip', limit)
  return transformation<null>({
    name: 'clip',
    init: () => null,
    update: (updates, state) => [tree.map((u) => clamp(-limit, u, limit), updates), state],
  })
}

/**
 * Shrinks all gradients by one factor where their global norm exceeds the limit: u ← g·limit / max(limit, ‖g‖).
 * Optax's formula: the norm is then the limit itself (PyTorch divides by ‖g‖ + 1e-6).
 * @see Pascanu et al., On the difficulty of training recurrent neural networks (2013)
 * @example
 * ```ts
 * const [updates] = optim.clipByGlobalNorm(1).update(np.array([3, 4]), [null])
 * updates.toArray() // => [0.6, 0.8]
 * ```
 */
export const clipByGlobalNorm = (limit: number): GradientTransformation<readonly [null]> => {
  requireLimit('clipByGlobalNorm', limit)
  return transformation<null>({
    name: 'clipByGlobalNorm',
    init: () => null,
    update: (updates, state) => {
      const factor = div(limit, maximum(globalNorm(updates), limit))
      return [tree.map((u) => mul(u, convert(factor, toTensor(u).dtype)), updates), state]
    },
  })
}
