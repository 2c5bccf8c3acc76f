import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { neg } from '../ops/elementwise/arithmetic.js'
import { log } from '../ops/elementwise/log.js'
import { type FloatOptions, tiny } from './floatDType.js'
import { uniformFor } from './uniform.js'

/**
 * Standard Gumbel draws: −ln(−ln u), u uniform on (0, 1). float[...shape]. The position of the largest of
 * logits plus Gumbel noise is a draw from softmax(logits).
 * @param options `dtype` (float32)
 * @example
 * ```ts
 * random.gumbel(random.key(0), [2, 3]).shape // => [2, 3]
 * ```
 */
export const gumbel = (key: Tensor, shape: number | Shape = [], options?: FloatOptions): Tensor => {
  const { dtype = 'float32' } = optionsOf('gumbel', 'dtype', options)
  return neg(log(neg(log(uniformFor('gumbel', key, shape, { min: tiny[dtype], max: 1, dtype })))))
}
