import { optionsOf } from '../graph/options.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { storedValue } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { add, mul, sub } from '../ops/elementwise/arithmetic.js'
import { ge } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { maximum } from '../ops/elementwise/maximum.js'
import { where } from '../ops/elementwise/select.js'
import { shiftRightLogical } from '../ops/elementwise/shifts.js'
import { bitsFor, randomWords } from './bits.js'
import { type FloatDType, inDType } from './floatDType.js'

/**
 * Numbers m·2⁻ᵇ of [0, 1), m of b random bits: b = 23 for float32, the high bits of the word; b = 52 for
 * float64, m = y0·2²⁰ + (y1 >> 12), made of the two words without 64-bit integers. Both are exact, and equal
 * to JAX's way of writing m into the mantissa of a number of [1, 2) and subtracting 1.
 */
const unit = (operation: string, key: Tensor, shape: number | Shape, dtype: FloatDType): Tensor => {
  if (dtype === 'float32') {
    return mul(convert(shiftRightLogical(bitsFor(operation, key, shape), 9), 'float32'), 2 ** -23)
  }
  const [y0, y1] = randomWords(operation, key, shape)
  return add(
    mul(convert(y0, 'float64'), 2 ** -32),
    mul(convert(shiftRightLogical(y1, 12), 'float64'), 2 ** -52),
  )
}

/**
 * Uniform draws from [min, max): max(min, u·(max − min) + min), u of [0, 1), but min where that rounds up to max: at
 * min half a step of the dtype is missing, so that its numbers are drawn alike. float[...shape].
 * Bit for bit `jax.random.uniform` under `jax_threefry_partitionable`, where that rounds the product and the
 * sum separately.
 * @param options `min` (0) and `max` (1): numbers, or tensors that broadcast to the shape; `dtype` (float32)
 * @throws GradError where min > max, as far as numbers tell
 * @example
 * ```ts
 * random.uniform(random.key(0)).item() // => 0.9476670026779175
 * ```
 */
export const uniform = (
  key: Tensor,
  shape: number | Shape = [],
  options?: { readonly min?: TensorLike; readonly max?: TensorLike; readonly dtype?: FloatDType },
): Tensor => uniformFor('uniform', key, shape, optionsOf('uniform', 'min max dtype', options))

/** The greatest number that `unit` draws. */
const greatestUnit = { float32: 1 - 2 ** -23, float64: 1 - 2 ** -52 }

/** `uniform` for another operation, which errors name. @internal */
export const uniformFor = (
  operation: string,
  key: Tensor,
  shape: number | Shape,
  {
    min = 0,
    max = 1,
    dtype = 'float32',
  }: { readonly min?: TensorLike; readonly max?: TensorLike; readonly dtype?: FloatDType },
): Tensor => {
  const u = unit(operation, key, shape, dtype)
  if (min === 0 && max === 1) return u
  const low = inDType(min, dtype)
  const draw = (width: TensorLike) => maximum(low, add(mul(u, width), low))
  const below = (draws: Tensor) => where(ge(draws, inDType(max, dtype)), low, draws)
  if (typeof min !== 'number' || typeof max !== 'number') return below(draw(sub(inDType(max, dtype), low)))
  const stored = (x: number) => storedValue(dtype, x)
  const width = stored(stored(max) - stored(min))
  if (!(min <= max && width < Number.POSITIVE_INFINITY))
    throw new GradError(
      `${operation}: min <= max whose difference is a ${dtype} is required, got ${min} and ${max}.`,
    )
  const greatest = stored(stored(greatestUnit[dtype] * width) + stored(min))
  return greatest < stored(max) ? draw(width) : below(draw(width))
}
