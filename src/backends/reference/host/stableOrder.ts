import type { TypedArray } from '../../../graph/dtype.js'
import { orderedWord, radixLength, radixSort } from './radixSort.js'

/** Runs up to this long are sorted by insertion before they are merged. */
const runLength = 12

/**
 * Stably sorts `order`, positions in `keys`, by their keys: NaN last (first if `descending`), −0 as 0.
 * `spare` is as long as `order`. Long lines of 32-bit keys by their digits, others by merging: n·log n at most.
 */
export const sortPositions = (
  order: Int32Array,
  spare: Int32Array,
  keys: TypedArray,
  descending = false,
): void => {
  const word = order.length < radixLength ? null : orderedWord(keys)
  if (word !== null) {
    radixSort(order, spare, keys, word, descending)
    return
  }
  const count = numbersApart(order, spare, keys, descending)
  const start = descending ? order.length - count : 0
  const [positions, room] = [order.subarray(start, start + count), spare.subarray(start, start + count)]
  if (descending) mergeSort(positions, room, (a, b) => keys[a] < keys[b])
  else mergeSort(positions, room, (a, b) => keys[a] > keys[b])
}

/** Moves the positions of NaN behind the others (in front, if `descending`), and counts the others. */
const numbersApart = (
  order: Int32Array,
  spare: Int32Array,
  keys: TypedArray,
  descending: boolean,
): number => {
  const n = order.length
  if (!(keys instanceof Float32Array || keys instanceof Float64Array)) return n
  let count = 0
  for (let i = 0; i < n; i++) if (!Number.isNaN(keys[order[i]])) count++
  if (count === n) return n
  let number = descending ? n - count : 0
  let nan = descending ? 0 : count
  for (let i = 0; i < n; i++) spare[Number.isNaN(keys[order[i]]) ? nan++ : number++] = order[i]
  order.set(spare)
  return count
}

/** `after(a, b)`: whether a has to come behind b. */
const mergeSort = (order: Int32Array, spare: Int32Array, after: (a: number, b: number) => boolean): void => {
  const n = order.length
  for (let from = 0; from < n; from += runLength)
    insertionSort(order, from, Math.min(from + runLength, n), after)
  let [source, target] = [order, spare]
  for (let width = runLength; width < n; width *= 2) {
    for (let from = 0; from < n; from += 2 * width) {
      merge(source, target, from, Math.min(from + width, n), Math.min(from + 2 * width, n), after)
    }
    ;[source, target] = [target, source]
  }
  if (source !== order) order.set(source)
}

const insertionSort = (
  order: Int32Array,
  from: number,
  to: number,
  after: (a: number, b: number) => boolean,
): void => {
  for (let i = from + 1; i < to; i++) {
    const position = order[i]
    let place = i
    for (; place > from && after(order[place - 1], position); place--) order[place] = order[place - 1]
    order[place] = position
  }
}

const merge = (
  source: Int32Array,
  target: Int32Array,
  from: number,
  middle: number,
  to: number,
  after: (a: number, b: number) => boolean,
): void => {
  let [left, right] = [from, middle]
  for (let place = from; place < to; place++) {
    const takeRight = left >= middle || (right < to && after(source[left], source[right]))
    target[place] = takeRight ? source[right++] : source[left++]
  }
}
