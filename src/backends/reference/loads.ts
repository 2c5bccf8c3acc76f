import type { TypedArray } from '../../ir/dtype.js'
import type { Load } from '../../ir/expr.js'
import type { Affine, Traversal } from './affine.js'
import { blockSize, type Lane } from './lane.js'
import { copyRow, GuardInterval, RowCursor } from './rows.js'

/** Writes a view's elements at the points `start … start + count − 1` of its traversal to `out[at…]`. */
export type Filler = (data: TypedArray, start: number, count: number, out: TypedArray, at: number) => void

/** Calls `visit(column, length, at)` for each row, or part of one, among `count` points from `start`. */
const forRows = (
  cursor: RowCursor,
  inner: number,
  start: number,
  count: number,
  visit: (column: number, length: number, at: number) => void,
): void => {
  const row = Math.floor(start / inner)
  cursor.seek(row)
  let column = start - row * inner
  for (let at = 0; at < count; ) {
    const length = Math.min(inner - column, count - at)
    visit(column, length, at)
    at += length
    column = 0
    cursor.advance()
  }
}

/** Reads a view without computed indices. */
export const affineFiller = (view: Affine, fill: number): Filler => {
  const cursor = new RowCursor(view)
  const last = view.extents.length - 1
  const inner = view.extents[last]
  const stride = view.strides[last]
  const address = cursor.values
  if (view.guards.length === 0) {
    return (data, start, count, out, at) =>
      forRows(cursor, inner, start, count, (column, length, done) =>
        copyRow(out, at + done, data, address[0] + column * stride, stride, length),
      )
  }
  const inside = new GuardInterval(view)
  return (data, start, count, out, at) =>
    forRows(cursor, inner, start, count, (column, length, done) => {
      inside.clip(address, column, column + length)
      const { from, to } = inside
      const origin = at + done - column
      if (from === to) {
        out.fill(fill, at + done, at + done + length)
        return
      }
      if (from > column) out.fill(fill, at + done, origin + from)
      copyRow(out, origin + from, data, address[0] + from * stride, stride, to - from)
      if (to < column + length) out.fill(fill, origin + to, at + done + length)
    })
}

/** Marks a point at which a guard does not hold. */
const outside = -0x80000000

/** Reads a view with computed indices, whose values at the same points are in `indices`. */
export const dynamicFiller = (view: Affine, load: Load, indices: readonly Lane[]): Filler => {
  const addresses = new Int32Array(blockSize)
  const cursor = new RowCursor(view)
  const inside = new GuardInterval(view)
  const last = view.extents.length - 1
  const stride = view.strides[last]
  const base = cursor.values
  const fill = load.fill
  return (data, start, count, out, at) => {
    forRows(cursor, view.extents[last], start, count, (column, length, done) => {
      inside.clip(base, column, column + length)
      for (let j = column; j < column + length; j++) {
        addresses[done + j - column] = j >= inside.from && j < inside.to ? base[0] + j * stride : outside
      }
    })
    load.dynamic.forEach((dynamic, k) => {
      const { data: index, at: from } = indices[k]
      const top = dynamic.size - 1
      for (let i = 0; i < count; i++) {
        if (addresses[i] === outside) continue
        addresses[i] += Math.max(0, Math.min(index[from + i], top)) * dynamic.stride
      }
    })
    for (let i = 0; i < count; i++) {
      const address = addresses[i]
      out[at + i] = address === outside ? fill : data[address]
    }
  }
}

/** Writes the index along one axis of a traversal. */
export const indexFiller = (traversal: Traversal, axis: number) => {
  const position = traversal.axes.indexOf(axis)
  const extent = traversal.extents[position]
  const run = traversal.extents.slice(position + 1).reduce((n, d) => n * d, 1)
  return (start: number, count: number, out: TypedArray, at: number): void => {
    const runs = Math.floor(start / run)
    let left = run - (start - runs * run)
    let index = runs % extent
    for (let i = 0; i < count; i++) {
      out[at + i] = index
      if (--left === 0) {
        left = run
        index = index + 1 === extent ? 0 : index + 1
      }
    }
  }
}
