import type { TypedArray } from '../../../ir/dtype.js'

/** How many words of 32 bits hold a key's place in the order. */
export const orderedWordsOf = (keys: TypedArray): 1 | 2 => (keys instanceof Float64Array ? 2 : 1)

const [sign, last] = [0x80000000, 0xffffffff]

/**
 * Unsigned words that are in order where the keys at `positions` are: NaN last, −0 as 0. Positive floats are in the order
 * of their bits, and come after negative ones, whose bits are in the opposite order. Of two words, the less significant
 * is number 0, as in memory. With `descending` the order is the opposite one.
 */
export const writeOrderedWords = (
  words: Uint32Array,
  keys: TypedArray,
  positions: Int32Array,
  number: number,
  descending: boolean,
): void => {
  const flip = descending ? last : 0
  if (keys instanceof Float32Array) {
    const bits = new Uint32Array(keys.buffer, keys.byteOffset, keys.length)
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i]
      const x = keys[at]
      const b = bits[at]
      words[i] = flip ^ (Number.isNaN(x) ? last : x === 0 ? sign : b & sign ? ~b : b | sign)
    }
  } else if (keys instanceof Float64Array) {
    const bits = new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length)
    const [zero, mark] = number === 0 ? [0, 0] : [sign, sign]
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i]
      const x = keys[at]
      const b = bits[2 * at + number]
      words[i] = flip ^ (Number.isNaN(x) ? last : x === 0 ? zero : x < 0 ? ~b : b | mark)
    }
  } else {
    const mark = keys instanceof Int32Array ? sign : 0
    for (let i = 0; i < positions.length; i++) words[i] = flip ^ keys[positions[i]] ^ mark
  }
}
