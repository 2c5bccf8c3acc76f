import { fromHost, Tensor } from '../graph/tensor.js'
import { aval, formatAval } from '../ir/aval.js'
import { DTypeError, GradError, ShapeError } from '../ir/errors.js'
import { reshape } from '../ops/movement/reshape.js'
import { slice } from '../ops/movement/slice.js'

/**
 * A random key: the seed's two 32-bit words, u32[2] = [high, low]. A key is a value: the same key always
 * gives the same draw, so use each once, and make new ones with `split` or `foldIn`.
 * @param seed an integer from 0 to 2⁵³ − 1
 * @throws GradError on another seed
 * @example
 * ```ts
 * random.key(42).toArray() // => [0, 42]
 * random.key(2 ** 32 + 7).toArray() // => [1, 7]
 * ```
 */
export const key = (seed: number): Tensor => {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new GradError(`key: an integer seed from 0 to 2**53 - 1 is required, got ${seed}.`)
  }
  return fromHost(Uint32Array.from(seedWords(seed)), aval([2], 'uint32'))
}

/** High and low 32 bits of a non-negative integer below 2⁵³. @internal */
export const seedWords = (n: number): readonly [number, number] => [Math.floor(n / 2 ** 32), n % 2 ** 32]

/** The two words of a key, each u32[]. `operation` is named in messages. @internal */
export const keyWords = (operation: string, k: Tensor): readonly [Tensor, Tensor] => {
  if (!(k instanceof Tensor)) {
    throw new GradError(`${operation}: a key is required, got ${typeof k}. Make one with random.key(seed).`)
  }
  if (k.ndim !== 1 || k.shape[0] !== 2) {
    throw new ShapeError(
      `${operation}: a key u32[2] is required, got ${formatAval(k.aval)}. Make one with random.key(seed); map over several with vmap.`,
    )
  }
  if (k.dtype !== 'uint32') {
    throw new DTypeError(
      `${operation}: a key u32[2] is required, got ${formatAval(k.aval)}. Make one with random.key(seed).`,
    )
  }
  return [reshape(slice(k, [0], [1]), []), reshape(slice(k, [1], [2]), [])]
}
