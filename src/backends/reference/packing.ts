import { type Shape, sizeOf } from '../../graph/aval.js'
import type { TypedArray } from '../../graph/dtype.js'
import type { Load } from '../../graph/kernel/expr.js'
import { alwaysHolds } from '../../graph/kernel/view.js'
import { affine, inOrder } from './affine.js'
import { copyRow } from './rows.js'

/** Σ coefs·i at every point of a box, in row-major order. */
const combinations = (extents: Shape, coefs: readonly number[]): Int32Array => {
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

/** A sum of one part for the batch, one for the row and one for the element, each from a table. */
type Quantity = { readonly batch: Int32Array; readonly row: Int32Array; readonly element: Int32Array }

type Bound = Quantity & { readonly size: number; readonly least: number; readonly most: number }

const leastAndMost = (values: Int32Array): { readonly least: number; readonly most: number } => ({
  least: values.reduce((a, b) => Math.min(a, b), 0x7fffffff),
  most: values.reduce((a, b) => Math.max(a, b), -0x80000000),
})

/** The same loop twice: one source per element type keeps the engine's code for float32 free of other types. */
const lookUpFloat32 = (
  out: Float32Array,
  at: number,
  data: Float32Array,
  base: number,
  places: Int32Array,
): void => {
  for (let k = 0; k < places.length; k++) out[at + k] = data[base + places[k]]
}

const lookUp = (out: TypedArray, at: number, data: TypedArray, base: number, places: Int32Array): void => {
  for (let k = 0; k < places.length; k++) out[at + k] = data[base + places[k]]
}

/** The same with two bounds: an element outside of either is `fill`. `>>> 0` makes what is negative too large. */
const lookUpBoundedFloat32 = (
  out: Float32Array,
  at: number,
  data: Float32Array,
  base: number,
  places: Int32Array,
  first: Bound,
  firstStart: number,
  second: Bound,
  secondStart: number,
  fill: number,
): void => {
  const { element: a, size: m } = first
  const { element: b, size: n } = second
  for (let k = 0; k < places.length; k++) {
    const isInside = (firstStart + a[k]) >>> 0 < m && (secondStart + b[k]) >>> 0 < n
    out[at + k] = isInside ? data[base + places[k]] : fill
  }
}

/** The same for any number of bounds and any type. */
const lookUpBounded = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  base: number,
  places: Int32Array,
  bounds: readonly Bound[],
  starts: Int32Array,
  fill: number,
): void => {
  for (let k = 0; k < places.length; k++) {
    let isInside = true
    for (let q = 0; q < bounds.length && isInside; q++)
      isInside = (starts[q] + bounds[q].element[k]) >>> 0 < bounds[q].size
    out[at + k] = isInside ? data[base + places[k]] : fill
  }
}

/** From this length on, elements that lie next to each other are copied as a row. */
const longRun = 16

/**
 * Writes rows of a view out, one after the other, however their elements are scattered: the windows of a
 * convolution, the columns of a transposed matrix.
 */
export class RowPacker {
  readonly length: number
  private readonly address: Quantity
  private readonly bounds: readonly Bound[]
  /** Where the current row begins, for each bound. */
  private readonly starts: Int32Array
  /** How many elements of a row lie next to each other. */
  private readonly run: number
  private readonly fill: number

  constructor(load: Load, batch: Shape, rows: Shape, along: Shape) {
    const extents = [...batch, ...rows, ...along]
    const quantity = (offset: number, coefs: readonly number[]): Quantity => {
      const from = batch.length + rows.length
      return {
        batch: combinations(batch, coefs.slice(0, batch.length)).map((v) => v + offset),
        row: combinations(rows, coefs.slice(batch.length, from)),
        element: combinations(along, coefs.slice(from)),
      }
    }
    const { view } = load
    this.length = sizeOf(along)
    this.fill = load.fill
    this.address = quantity(view.offset, view.strides)
    this.bounds = view.guards
      .filter((g) => !alwaysHolds(g, extents))
      .map((g) => {
        const parts = quantity(g.offset, g.coefs)
        return { ...parts, size: g.size, ...leastAndMost(parts.element) }
      })
    this.starts = new Int32Array(this.bounds.length)
    const strides = view.strides.slice(batch.length + rows.length)
    const inner = affine({ shape: along, offset: 0, strides, guards: [] }, inOrder(along))
    const last = inner.extents.length - 1
    this.run = inner.strides[last] === 1 ? inner.extents[last] : 1
  }

  /** Whether all rows are the same in two batches. */
  sameBatch(a: number, b: number): boolean {
    return [this.address, ...this.bounds].every((q) => q.batch[a] === q.batch[b])
  }

  /** Writes rows `first … first + count − 1` of a batch to the beginning of `out`. */
  pack(data: TypedArray, batch: number, first: number, count: number, out: TypedArray): void {
    const { address, bounds, length } = this
    for (let r = 0; r < count; r++) {
      const base = address.batch[batch] + address.row[first + r]
      let isInside = true
      for (let q = 0; q < bounds.length; q++) {
        const { batch: b, row, size, least, most } = bounds[q]
        const at = b[batch] + row[first + r]
        this.starts[q] = at
        isInside &&= at + least >= 0 && at + most < size
      }
      if (!isInside) this.packBounded(data, base, out, r * length)
      else if (this.run >= longRun) this.packRuns(data, base, out, r * length)
      else if (out instanceof Float32Array && data instanceof Float32Array)
        lookUpFloat32(out, r * length, data, base, address.element)
      else lookUp(out, r * length, data, base, address.element)
    }
  }

  private packRuns(data: TypedArray, base: number, out: TypedArray, at: number): void {
    const { element } = this.address
    for (let k = 0; k < element.length; k += this.run)
      copyRow(out, at + k, data, base + element[k], 1, this.run)
  }

  private packBounded(data: TypedArray, base: number, out: TypedArray, at: number): void {
    const { bounds, starts, fill } = this
    const { element } = this.address
    const last = bounds.length - 1
    if (last < 2 && out instanceof Float32Array && data instanceof Float32Array) {
      lookUpBoundedFloat32(
        out,
        at,
        data,
        base,
        element,
        bounds[0],
        starts[0],
        bounds[last],
        starts[last],
        fill,
      )
    } else lookUpBounded(out, at, data, base, element, bounds, starts, fill)
  }
}
