import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { storedValue } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { div, mul } from '../ops/elementwise/arithmetic.js'
import { clamp } from '../ops/elementwise/clamp.js'
import { erf, erfInv } from '../ops/elementwise/erf.js'
import { type FloatOptions, inDType } from './floatDType.js'
import { nextAfter } from './nextAfter.js'
import { uniformFor } from './uniform.js'

/**
 * Draws of a standard normal on condition that they fall between `lower` and `upper`, both excluded:
 * √2·erf⁻¹(u), u uniform on [erf(lower/√2), erf(upper/√2)). float[...shape].
 * @param options `dtype` (float32)
 * @throws GradError unless lower < upper
 * @example
 * ```ts
 * const x = random.truncatedNormal(random.key(0), -2, 2, [100])
 * x.abs().max().item() < 2 // => true
 * ```
 */
export const truncatedNormal = (
  key: Tensor,
  lower: number,
  upper: number,
  shape: number | Shape = [],
  options?: FloatOptions,
): Tensor => {
  const { dtype = 'float32' } = optionsOf('truncatedNormal', 'dtype', options)
  if (!(lower < upper)) {
    throw new GradError(`truncatedNormal: lower < upper is required, got ${lower} and ${upper}.`)
  }
  const probability = (bound: number): Tensor => erf(div(inDType(bound, dtype), Math.SQRT2))
  const u = uniformFor('truncatedNormal', key, shape, {
    min: probability(lower),
    max: probability(upper),
    dtype,
  })
  // Rounding, or u at its lower end, must not reach the bounds.
  return clamp(
    nextAfter(storedValue(dtype, lower), 1, dtype),
    mul(erfInv(u), Math.SQRT2),
    nextAfter(storedValue(dtype, upper), -1, dtype),
  )
}
