import type { TypedArray } from '../../../graph/dtype.js'

/** Negative, 0 or positive as x comes before, with or after y: NaN last, −0 as 0. */
const ascending = (x: number, y: number): number => {
  if (x < y) return -1
  if (x > y) return 1
  return x === y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y))
}

/** Stably sorts `order`, positions in `keys`, by their keys: NaN last (first if `descending`), −0 as 0. */
export const sortPositions = (order: Int32Array, keys: TypedArray, descending = false): void => {
  if (descending) order.sort((a, b) => ascending(keys[b], keys[a]))
  else order.sort((a, b) => ascending(keys[a], keys[b]))
}
