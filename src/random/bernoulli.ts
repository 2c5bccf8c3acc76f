import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { lt } from '../ops/elementwise/comparison.js'
import { requireFloat } from './floatDType.js'
import { uniformFor } from './uniform.js'

/**
 * True with probability p: u < p, u uniform on [0, 1). bool[...shape].
 * @param p a number, or a float tensor that broadcasts to the shape
 * @param shape by default that of p
 * @example
 * ```ts
 * random.bernoulli(random.key(0), 0.5, [3]).dtype // => 'bool'
 * ```
 */
export const bernoulli = (key: Tensor, p: number | Tensor = 0.5, shape?: number | Shape): Tensor => {
  const dtype = typeof p === 'number' ? 'float32' : requireFloat('bernoulli', p)
  return lt(uniformFor('bernoulli', key, shape ?? (typeof p === 'number' ? [] : p.shape), { dtype }), p)
}
