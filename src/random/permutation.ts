import { aval, formatAval } from '../graph/aval.js'
import { concretize } from '../graph/concretize.js'
import { ConcretizationError, GradError, ShapeError } from '../graph/errors.js'
import { fromHost, type Tensor } from '../graph/tensor.js'
import { take } from '../ops/numpy.js'
import { bitsFor } from './bits.js'
import { split } from './split.js'

/** As many rounds of sorting by 32-bit keys as make ties in all of them unlikely; JAX's number. */
const rounds = (n: number): number => Math.ceil((3 * Math.log(Math.max(1, n))) / Math.log(2 ** 32 - 1))

/** The words' values now. @throws ConcretizationError naming the limit */
const values = (words: Tensor): Uint32Array => {
  try {
    return Uint32Array.from(concretize(words).read())
  } catch (error) {
    if (!(error instanceof ConcretizationError)) throw error
    throw new ConcretizationError(
      'permutation: a concrete key is required, got a key that depends on an argument of jit or a mapped one of vmap: it sorts on the host. Draw the permutation outside, and pass it in.',
      { cause: error },
    )
  }
}

/** Positions in the order of their keys; equal keys keep their order. */
const argsort = (keys: Uint32Array): Uint32Array => {
  const n = keys.length
  if (n > 2 ** 21) return Uint32Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b)
  // Key and position in one float64, exactly: sorted without a comparison function, ten times as fast.
  return Uint32Array.from(Float64Array.from(keys, (k, i) => k * n + i).sort(), (both) => both % n)
}

/** A random order of 0 … n − 1. @internal */
export const randomOrder = (key: Tensor, n: number): Int32Array => {
  let order = Int32Array.from({ length: n }, (_, i) => i)
  let current = key
  for (let round = 0; round < rounds(n); round++) {
    const [next, subkey] = split(current)
    const places = argsort(values(bitsFor('permutation', subkey, [n])))
    order = Int32Array.from(places, (place) => order[place])
    current = next
  }
  return order
}

/**
 * The numbers 0 … n − 1, or a tensor's slices along an axis, in random order: sorted by random words, as
 * `jax.random.permutation`. Works on concrete keys only, because it sorts on the host.
 * @param x a number n → i32[n], or a tensor → one of the same shape
 * @param axis of the tensor that is shuffled (0)
 * @throws ConcretizationError under `jit` and `vmap`, where the key has no value
 * @example
 * ```ts
 * random.permutation(random.key(0), 4).sum().item() // => 6
 * ```
 */
export const permutation = (key: Tensor, x: number | Tensor, axis = 0): Tensor => {
  if (typeof x === 'number') {
    if (!Number.isInteger(x) || x < 0 || x > 2 ** 31 - 1) {
      throw new GradError(`permutation: a number of elements is required, got ${x}.`)
    }
    return fromHost(randomOrder(key, x), aval([x], 'int32'))
  }
  const place = axis < 0 ? axis + x.ndim : axis
  if (!Number.isInteger(place) || place < 0 || place >= x.ndim) {
    throw new ShapeError(`permutation: an axis of ${formatAval(x.aval)} is required, got ${axis}.`)
  }
  const size = x.shape[place]
  return take(x, fromHost(randomOrder(key, size), aval([size], 'int32')), place)
}
