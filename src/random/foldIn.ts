import { splat, type Tensor } from '../graph/tensor.js'
import { aval, formatAval } from '../ir/aval.js'
import { isInteger } from '../ir/dtype.js'
import { DTypeError, GradError, ShapeError } from '../ir/errors.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { threefry2x32 } from '../ops/elementwise/threefry.js'
import { concatenate } from '../ops/movement/concatenate.js'
import { reshape } from '../ops/movement/reshape.js'
import { keyWords, seedWords } from './key.js'

const word = (value: number): Tensor => splat(value, aval([], 'uint32'))

/** Counter words (high, low) of the data. */
const dataWords = (data: number | Tensor): readonly [Tensor, Tensor] => {
  if (typeof data === 'number') {
    if (!Number.isSafeInteger(data) || data < -(2 ** 31)) {
      throw new GradError(`foldIn: an integer from -2**31 to 2**53 - 1 is required, got ${data}.`)
    }
    const [high, low] = data < 0 ? [0, data + 2 ** 32] : seedWords(data)
    return [word(high), word(low)]
  }
  if (data.ndim !== 0) {
    throw new ShapeError(
      `foldIn: a scalar is required, got ${formatAval(data.aval)}. Map over several with vmap.`,
    )
  }
  const t = toTensor(data, 'int')
  if (!isInteger(t.dtype)) {
    throw new DTypeError(
      `foldIn: an int32 or uint32 scalar is required, got ${formatAval(data.aval)}. Convert with astype.`,
    )
  }
  return [word(0), convert(t, 'uint32')]
}

/**
 * A new key from a key and a number, such as a step or a layer's index: threefry of the number as a
 * counter. `foldIn(key, i)` is the i-th key of `split(key, n)`. For numbers below 2³² the result is that of
 * `jax.random.fold_in`; negative ones count as their two's complement.
 * @example
 * ```ts
 * random.foldIn(random.key(0), 1).toArray() // => [928981903, 3453687069]
 * ```
 */
export const foldIn = (key: Tensor, data: number | Tensor): Tensor => {
  const [k0, k1] = keyWords('foldIn', key)
  const [high, low] = dataWords(data)
  const [y0, y1] = threefry2x32(k0, k1, high, low)
  return concatenate([reshape(y0, [1]), reshape(y1, [1])], 0)
}
