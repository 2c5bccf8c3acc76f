import { type Shape, sizeOf } from '../../graph/aval.js'
import type { TypedArray } from '../../graph/dtype.js'

/** Σ coefs·i at every point of a box, in row-major order. */
export const combinations = (extents: Shape, coefs: readonly number[]): Int32Array => {
  const values = new Int32Array(sizeOf(extents))
  let count = Math.min(1, values.length)
  extents.forEach((extent, t) => {
    // from the back, so that a value is read before its place is taken
    for (let p = count - 1; p >= 0; p--) {
      for (let i = extent - 1; i >= 0; i--) values[p * extent + i] = values[p] + i * coefs[t]
    }
    count *= extent
  })
  return values
}

const leastAndMost = (values: Int32Array): { readonly least: number; readonly most: number } => ({
  least: values.reduce((a, b) => Math.min(a, b), 0x7fffffff),
  most: values.reduce((a, b) => Math.max(a, b), -0x80000000),
})

/** A bounded coordinate at the places of a table: inside where `0 ≤ start + values[k] < size`. */
export type TableBound = {
  readonly values: Int32Array
  readonly size: number
  readonly least: number
  readonly most: number
}

export const tableBound = (values: Int32Array, size: number): TableBound => ({
  values,
  size,
  ...leastAndMost(values),
})

/** The same loop twice: one source per element type keeps the engine's code for float32 free of other types. */
const lookUpFloat32 = (
  out: Float32Array,
  at: number,
  data: Float32Array,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
): void => {
  for (let k = from, o = at; k < to; k++, o++) out[o] = data[base + places[k]]
}

const lookUp = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
): void => {
  for (let k = from, o = at; k < to; k++, o++) out[o] = data[base + places[k]]
}

/** The same with two bounds: an element outside of either is `fill`. `>>> 0` makes what is negative too large. */
const lookUpBoundedFloat32 = (
  out: Float32Array,
  at: number,
  data: Float32Array,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
  first: TableBound,
  firstStart: number,
  second: TableBound,
  secondStart: number,
  fill: number,
): void => {
  const { values: a, size: m } = first
  const { values: b, size: n } = second
  for (let k = from, o = at; k < to; k++, o++) {
    const isInside = (firstStart + a[k]) >>> 0 < m && (secondStart + b[k]) >>> 0 < n
    out[o] = isInside ? data[base + places[k]] : fill
  }
}

/** The same for any number of bounds and any type. */
const lookUpBounded = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
  bounds: readonly TableBound[],
  starts: Int32Array,
  fill: number,
): void => {
  for (let k = from, o = at; k < to; k++, o++) {
    let isInside = true
    for (let q = 0; q < bounds.length && isInside; q++)
      isInside = (starts[q] + bounds[q].values[k]) >>> 0 < bounds[q].size
    out[o] = isInside ? data[base + places[k]] : fill
  }
}

/** Whether every place of a table is inside of every bound. */
export const isAllInside = (bounds: readonly TableBound[], starts: Int32Array): boolean => {
  for (let q = 0; q < bounds.length; q++)
    if (starts[q] + bounds[q].least < 0 || starts[q] + bounds[q].most >= bounds[q].size) return false
  return true
}

/**
 * `out[at…] = data[base + places[k]]` for `from ≤ k < to`; `fill` where coordinate q, which is `starts[q]` and what its
 * table says, is out of bounds.
 */
export const readTable = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
  bounds: readonly TableBound[],
  starts: Int32Array,
  fill: number,
): void => {
  const last = bounds.length - 1
  const isSingle = out instanceof Float32Array && data instanceof Float32Array
  if (isAllInside(bounds, starts)) {
    if (isSingle) lookUpFloat32(out, at, data, base, places, from, to)
    else lookUp(out, at, data, base, places, from, to)
  } else if (isSingle && last < 2) {
    const [first, second] = [bounds[0], bounds[last]]
    lookUpBoundedFloat32(out, at, data, base, places, from, to, first, starts[0], second, starts[last], fill)
  } else lookUpBounded(out, at, data, base, places, from, to, bounds, starts, fill)
}
