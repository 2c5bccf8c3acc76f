import { type Shape, sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { HostRoutine } from '../../../ir/program.js'
import { stableSorter } from './stableSorter.js'

/** Up to this many greatest elements are kept in order while the row is read; for more, it is sorted. */
const few = 64

/** Keeps the k greatest of `n` elements from `start` on, greatest first, from `into` on: NaN before all, equal ones in order. */
const keepGreatest = (
  x: TypedArray,
  start: number,
  n: number,
  values: TypedArray,
  positions: TypedArray,
  into: number,
  k: number,
): void => {
  let kept = 0
  for (let i = 0; i < n; i++) {
    const value = x[start + i]
    let at = into + kept
    if (kept < k) kept++
    else {
      at--
      if (value <= values[at] || Number.isNaN(values[at])) continue
    }
    for (; at > into && !(value <= values[at - 1] || Number.isNaN(values[at - 1])); at--) {
      values[at] = values[at - 1]
      positions[at] = positions[at - 1]
    }
    values[at] = value
    positions[at] = i
  }
}

/** The k greatest elements of each row, greatest first, and their positions in the row; results are `[...rows, k]`. */
export const compileTopK = (
  { k }: Extract<HostRoutine, { routine: 'topK' }>,
  size: number,
  shape: Shape,
): ((x: TypedArray, values: TypedArray, positions: TypedArray) => void) => {
  const rows = sizeOf(shape.slice(0, -1))
  const n = rows === 0 ? 0 : size / rows
  if (k <= few)
    return (x, values, positions) => {
      if (k > 0)
        for (let row = 0; row < rows; row++) keepGreatest(x, row * n, n, values, positions, row * k, k)
    }
  const sort = stableSorter(n)
  return (x, values, positions) => {
    const order = new Int32Array(n)
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < n; i++) order[i] = row * n + i
      sort(order, x, true)
      for (let i = 0; i < k; i++) {
        values[row * k + i] = x[order[i]]
        positions[row * k + i] = order[i] - row * n
      }
    }
  }
}
