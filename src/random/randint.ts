import { optionsOf } from '../graph/options.js'
import { plainNumbers } from '../graph/plainNumbers.js'
import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { storedValue } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { add, mul, rem } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { bitsFor } from './bits.js'
import { split } from './split.js'

const lowest = { int32: -(2 ** 31), uint32: 0 } as const
const highest = { int32: 2 ** 31 - 1, uint32: 2 ** 32 - 1 } as const

/**
 * Integers of [min, max), nearly uniform: two words give (high·m + low) mod n, n = max − min and
 * m = (2¹⁶ mod n)² mod n, in arithmetic modulo 2³². int[...shape], as `jax.random.randint`.
 * The bias is below n·2⁻³² (none for powers of two).
 * @param options `dtype`: int32 or uint32
 * @throws GradError unless min and max are integers of the dtype's range and min < max
 * @example
 * ```ts
 * const dice = random.randint(random.key(0), [100], 1, 7)
 * dice.min().item() >= 1 && dice.max().item() <= 6 // => true
 * ```
 */
export const randint = (
  key: Tensor,
  shape: number | Shape,
  min: number,
  max: number,
  options?: { readonly dtype?: 'int32' | 'uint32' },
): Tensor => {
  const { dtype = 'int32' } = optionsOf('randint', 'dtype', options)
  plainNumbers('randint', 'bounds', [min, max])
  const integers = Number.isInteger(min) && Number.isInteger(max)
  if (!integers || min < lowest[dtype] || max > highest[dtype] + 1 || min >= max) {
    throw new GradError(
      `randint: integers min < max from ${lowest[dtype]} to ${highest[dtype] + 1} are required, got ${min} and ${max}.`,
    )
  }
  const [k0, k1] = split(key)
  const low = bitsFor('randint', k1, shape)
  return convert(
    add(offset(bitsFor('randint', k0, shape), low, max - min), storedValue('uint32', min)),
    dtype,
  )
}

/** (high·(2³² mod n) + low) mod n as far as 32 bits go; `low` itself where n = 2³². */
const offset = (high: Tensor, low: Tensor, n: number): Tensor => {
  if (n === 2 ** 32) return low
  const root = 2 ** 16 % n
  const multiplier = (root ** 2 % 2 ** 32) % n
  return rem(add(mul(rem(high, n), multiplier), rem(low, n)), n)
}
