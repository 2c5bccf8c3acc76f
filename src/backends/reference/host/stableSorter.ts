import type { TypedArray } from '../../../ir/dtype.js'
import { orderedWordsOf, writeOrderedWords } from './orderedWords.js'

/** Up to this many, elements are moved to their place one after the other. */
const few = 32

const insertInOrder = (positions: Int32Array, words: Uint32Array): void => {
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i]
    const word = words[i]
    let j = i
    for (; j > 0 && words[j - 1] > word; j--) {
      words[j] = words[j - 1]
      positions[j] = positions[j - 1]
    }
    words[j] = word
    positions[j] = position
  }
}

/**
 * Sorts positions, `length` of them, by their keys: stably, NaN last (first if `descending`), −0 as 0. Digit by digit, the
 * least significant first: each pass keeps the order of the passes before it.
 */
export const stableSorter = (
  length: number,
): ((positions: Int32Array, keys: TypedArray, descending?: boolean) => void) => {
  const bits = length < 4096 ? 8 : 11
  const passes = Math.ceil(32 / bits)
  const radix = 1 << bits
  const mask = radix - 1
  const counts = length > few ? new Uint32Array(passes * radix) : new Uint32Array()
  const words = [new Uint32Array(length), new Uint32Array(length)]
  const others = new Int32Array(length)

  const countDigits = (of: Uint32Array): void => {
    counts.fill(0)
    for (let p = 0; p < passes; p++) {
      const [first, shift] = [p * radix, p * bits]
      for (let i = 0; i < length; i++) counts[first + ((of[i] >>> shift) & mask)]++
    }
  }

  const byDigits = (positions: Int32Array): void => {
    let [from, to]: readonly Int32Array[] = [positions, others]
    let [wordsFrom, wordsTo] = words
    countDigits(wordsFrom)
    for (let p = 0; p < passes; p++) {
      const shift = p * bits
      const first = p * radix
      // all have the same digit: nothing would move
      if (counts[first + ((wordsFrom[0] >>> shift) & mask)] === length) continue
      let next = 0
      for (let d = first; d < first + radix; d++) {
        const count = counts[d]
        counts[d] = next
        next += count
      }
      for (let i = 0; i < length; i++) {
        const word = wordsFrom[i]
        const place = counts[first + ((word >>> shift) & mask)]++
        wordsTo[place] = word
        to[place] = from[i]
      }
      ;[from, to, wordsFrom, wordsTo] = [to, from, wordsTo, wordsFrom]
    }
    if (from !== positions) positions.set(from)
  }

  return (positions, keys, descending = false) => {
    for (let number = 0; number < orderedWordsOf(keys); number++) {
      writeOrderedWords(words[0], keys, positions, number, descending)
      if (length <= few) insertInOrder(positions, words[0])
      else byDigits(positions)
    }
  }
}
