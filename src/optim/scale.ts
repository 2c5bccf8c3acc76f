import * as tree from '../graph/tree.js'
import { mul } from '../ops/elementwise/arithmetic.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { requireFinite } from './hyperparameters.js'

/**
 * Multiplies by a number: u ← factor·g.
 * @example
 * ```ts
 * const [updates] = optim.scale(-0.5).update([2, 4], [null])
 * tree.map((u) => u.item(), updates) // => [-1, -2]
 * ```
 */
export const scale = (factor: number): GradientTransformation<readonly [null]> => {
  requireFinite('scale', 'factor', factor)
  return transformation<null>({
    name: 'scale',
    init: () => null,
    update: (updates, state) => [tree.map((u) => mul(u, factor), updates), state],
  })
}
