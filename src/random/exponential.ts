import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { neg } from '../ops/elementwise/arithmetic.js'
import { log1p } from '../ops/elementwise/log.js'
import type { FloatOptions } from './floatDType.js'
import { uniformFor } from './uniform.js'

/**
 * Draws of the exponential distribution of rate 1: −ln(1 − u), u uniform on [0, 1). float[...shape].
 * @param options `dtype` (float32)
 * @example
 * ```ts
 * random.exponential(random.key(0), [4]).min().item() >= 0 // => true
 * ```
 */
export const exponential = (key: Tensor, shape: number | Shape = [], options?: FloatOptions): Tensor =>
  neg(log1p(neg(uniformFor('exponential', key, shape, optionsOf('exponential', 'dtype', options)))))
