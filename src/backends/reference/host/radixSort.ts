import type { TypedArray } from '../../../graph/dtype.js'

/** Bits sorted by at a time, and the number of passes that 32 of them take. */
const digitBits = 11
const passes = 3
const digits = 2 ** digitBits

/** Lines shorter than this are merged faster. */
export const radixLength = 128

const bits = new Uint32Array(1)
const asFloat = new Float32Array(bits.buffer)

/** A float32 as an unsigned integer in the same order: NaN greatest, −0 as 0. */
const orderedFloat = (x: number): number => {
  if (Number.isNaN(x)) return 0xffffffff
  asFloat[0] = x === 0 ? 0 : x
  return bits[0] >>> 31 === 1 ? ~bits[0] >>> 0 : (bits[0] | 0x80000000) >>> 0
}

const orderedInteger = (x: number): number => (x ^ 0x80000000) >>> 0

const itself = (x: number): number => x

/** Numbers of 32 bits or fewer as unsigned integers in the same order; `null` for float64. */
export const orderedWord = (keys: TypedArray): ((x: number) => number) | null => {
  if (keys instanceof Float64Array) return null
  if (keys instanceof Float32Array) return orderedFloat
  return keys instanceof Int32Array ? orderedInteger : itself
}

/** Stably sorts `order`, positions in `keys`, by the word of each key (its complement, if `descending`). */
export const radixSort = (
  order: Int32Array,
  spare: Int32Array,
  keys: TypedArray,
  word: (x: number) => number,
  descending: boolean,
): void => {
  const n = order.length
  const flip = descending ? 0xffffffff : 0
  let words = new Uint32Array(n)
  let spareWords = new Uint32Array(n)
  for (let i = 0; i < n; i++) words[i] = word(keys[order[i]]) ^ flip
  let [source, target] = [order, spare]
  const starts = new Uint32Array(digits)
  for (let pass = 0; pass < passes; pass++) {
    const shift = pass * digitBits
    starts.fill(0)
    for (let i = 0; i < n; i++) starts[(words[i] >>> shift) & (digits - 1)]++
    let before = 0
    for (let d = 0; d < digits; d++) {
      const count = starts[d]
      starts[d] = before
      before += count
    }
    for (let i = 0; i < n; i++) {
      const place = starts[(words[i] >>> shift) & (digits - 1)]++
      target[place] = source[i]
      spareWords[place] = words[i]
    }
    ;[source, target] = [target, source]
    ;[words, spareWords] = [spareWords, words]
  }
  if (source !== order) order.set(source)
}
