import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { mul } from '../ops/elementwise/arithmetic.js'
import { erfInv } from '../ops/elementwise/erf.js'
import type { FloatOptions } from './floatDType.js'
import { nextAfter } from './nextAfter.js'
import { uniformFor } from './uniform.js'

/**
 * Standard normal draws: √2·erf⁻¹(u), u uniform on (−1, 1). float[...shape].
 * @param options `dtype` (float32)
 * @example
 * ```ts
 * const x = random.normal(random.key(0), [1000])
 * Math.abs(x.mean().item()) < 0.1 // => true
 * ```
 */
export const normal = (key: Tensor, shape: number | Shape = [], options?: FloatOptions): Tensor => {
  const { dtype = 'float32' } = optionsOf('normal', 'dtype', options)
  const u = uniformFor('normal', key, shape, { min: nextAfter(-1, 1, dtype), max: 1, dtype })
  return mul(erfInv(u), Math.SQRT2)
}
