import { requireShape } from '../graph/plainNumbers.js'
import { splat, type Tensor } from '../graph/tensor.js'
import { aval, formatShape, type Shape, sizeOf } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { xor } from '../ops/elementwise/logical.js'
import { threefry2x32 } from '../ops/elementwise/threefry.js'
import { iota } from '../ops/movement/iota.js'
import { reshape } from '../ops/movement/reshape.js'
import { keyWords } from './key.js'

/**
 * Two words for each element of a shape: threefry of the element's row-major position, a 64-bit counter
 * (high, low), under the key. An element's words do not depend on the number of elements, so draws can be
 * computed in any order and in parts (JAX calls this partitionable).
 * @internal
 */
export const randomWords = (
  operation: string,
  key: Tensor,
  given: number | Shape,
): readonly [Tensor, Tensor] => {
  const shape = requireShape(operation, given)
  const size = sizeOf(shape)
  if (size > 2 ** 32) {
    throw new ShapeError(
      `${operation}: a shape of at most 2**32 elements is required, got ${formatShape(shape)}.`,
    )
  }
  const [k0, k1] = keyWords(operation, key)
  const high = splat(0, aval(shape, 'uint32'))
  return threefry2x32(k0, k1, high, reshape(iota('uint32', [size], 0), shape))
}

/**
 * Uniform random 32-bit words, u32[...shape]: y0 xor y1 of threefry2x32.
 * Equal, bit for bit, to `jax.random.bits` with `jax_threefry_partitionable` (the default since JAX 0.5).
 * @see Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011)
 * @example
 * ```ts
 * random.bits(random.key(0), [2]).shape // => [2]
 * ```
 */
export const bits = (key: Tensor, shape: number | Shape = []): Tensor => bitsFor('bits', key, shape)

/** `bits` for another operation, which errors name. @internal */
export const bitsFor = (operation: string, key: Tensor, shape: number | Shape): Tensor => {
  const [y0, y1] = randomWords(operation, key, shape)
  return xor(y0, y1)
}
