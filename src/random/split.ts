import { plainNumbers } from '../graph/plainNumbers.js'
import type { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { concatenate } from '../ops/movement/concatenate.js'
import { reshape } from '../ops/movement/reshape.js'
import { slice } from '../ops/movement/slice.js'
import { randomWords } from './bits.js'

/**
 * n new keys from one, independent of each other. The old key should not be used again.
 * @param n the number of keys
 * @example
 * ```ts
 * const [key, subkey] = random.split(random.key(0))
 * key.toArray() // => [1797259609, 2579123966]
 * subkey.toArray() // => [928981903, 3453687069]
 * ```
 */
export const split = (key: Tensor, n = 2): readonly Tensor[] => {
  const keys = splitStacked(key, n)
  return Array.from({ length: n }, (_, i) => reshape(slice(keys, [i, 0], [i + 1, 2]), [2]))
}

/**
 * `split` as one tensor, u32[n, 2], for `vmap` to map over. Row i is threefry of the counter (0, i), as
 * `jax.random.split` gives it.
 * @example
 * ```ts
 * const keys = random.splitStacked(random.key(0), 3)
 * vmap((k) => random.normal(k, [5]))(keys).shape // => [3, 5]
 * ```
 */
export const splitStacked = (key: Tensor, n = 2): Tensor => {
  plainNumbers('split', 'a number of keys', n)
  if (!Number.isInteger(n) || n < 1) {
    throw new GradError(`split: a positive number of keys is required, got ${n}.`)
  }
  const [y0, y1] = randomWords('split', key, [n])
  return concatenate([reshape(y0, [n, 1]), reshape(y1, [n, 1])], 1)
}
