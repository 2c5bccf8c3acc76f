import { type DType, isFloat, type TypedArray } from '../../ir/dtype.js'

/** Rows of `length` consecutive elements, `data[at + r·pitch …]`. */
export type Panel = { data: TypedArray; at: number; pitch: number }

/**
 * `out[o + i·width + j] = Σ_k a_i[k]·b_j[k]` for a tile of rows `a_i` (from `i`) and `b_j` (from `j`).
 * Products of floats are summed in double precision, and rounded once, by the store.
 */
type Tile = (
  a: Panel,
  i: number,
  b: Panel,
  j: number,
  length: number,
  out: TypedArray,
  o: number,
  width: number,
) => void

/** Sixteen sums at once: every element read serves four products. */
const floatTile4x4: Tile = (
  { data: a, at: from, pitch },
  i,
  { data: b, at: start, pitch: step },
  j,
  length,
  out,
  o,
  width,
) => {
  const a0 = from + i * pitch
  const a1 = a0 + pitch
  const a2 = a1 + pitch
  const a3 = a2 + pitch
  const b0 = start + j * step
  const b1 = b0 + step
  const b2 = b1 + step
  const b3 = b2 + step
  let c00 = 0
  let c01 = 0
  let c02 = 0
  let c03 = 0
  let c10 = 0
  let c11 = 0
  let c12 = 0
  let c13 = 0
  let c20 = 0
  let c21 = 0
  let c22 = 0
  let c23 = 0
  let c30 = 0
  let c31 = 0
  let c32 = 0
  let c33 = 0
  for (let k = 0; k < length; k++) {
    const x0 = a[a0 + k]
    const x1 = a[a1 + k]
    const x2 = a[a2 + k]
    const x3 = a[a3 + k]
    let y = b[b0 + k]
    c00 += x0 * y
    c10 += x1 * y
    c20 += x2 * y
    c30 += x3 * y
    y = b[b1 + k]
    c01 += x0 * y
    c11 += x1 * y
    c21 += x2 * y
    c31 += x3 * y
    y = b[b2 + k]
    c02 += x0 * y
    c12 += x1 * y
    c22 += x2 * y
    c32 += x3 * y
    y = b[b3 + k]
    c03 += x0 * y
    c13 += x1 * y
    c23 += x2 * y
    c33 += x3 * y
  }
  let p = o
  out[p] = c00
  out[p + 1] = c01
  out[p + 2] = c02
  out[p + 3] = c03
  p += width
  out[p] = c10
  out[p + 1] = c11
  out[p + 2] = c12
  out[p + 3] = c13
  p += width
  out[p] = c20
  out[p + 1] = c21
  out[p + 2] = c22
  out[p + 3] = c23
  p += width
  out[p] = c30
  out[p + 1] = c31
  out[p + 2] = c32
  out[p + 3] = c33
}

const floatTile1x1: Tile = (
  { data: a, at: from, pitch },
  i,
  { data: b, at: start, pitch: step },
  j,
  length,
  out,
  o,
) => {
  const a0 = from + i * pitch
  const b0 = start + j * step
  let c0 = 0
  let c1 = 0
  let c2 = 0
  let c3 = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    c0 += a[a0 + k] * b[b0 + k]
    c1 += a[a0 + k + 1] * b[b0 + k + 1]
    c2 += a[a0 + k + 2] * b[b0 + k + 2]
    c3 += a[a0 + k + 3] * b[b0 + k + 3]
  }
  for (; k < length; k++) c0 += a[a0 + k] * b[b0 + k]
  out[o] = c0 + c1 + (c2 + c3)
}

/** Sums and products modulo 2³²; the store takes them as signed or not. */
const integerTile1x1: Tile = (
  { data: a, at: from, pitch },
  i,
  { data: b, at: start, pitch: step },
  j,
  length,
  out,
  o,
) => {
  const a0 = from + i * pitch
  const b0 = start + j * step
  let c = 0
  for (let k = 0; k < length; k++) c = (c + Math.imul(a[a0 + k], b[b0 + k])) | 0
  out[o] = c
}

/** Whether both rows are true somewhere. */
const boolTile1x1: Tile = (
  { data: a, at: from, pitch },
  i,
  { data: b, at: start, pitch: step },
  j,
  length,
  out,
  o,
) => {
  const a0 = from + i * pitch
  const b0 = start + j * step
  let c = 0
  for (let k = 0; k < length && c === 0; k++) c = a[a0 + k] & b[b0 + k]
  out[o] = c
}

/** Multiplies `rows` rows of `a` with `columns` rows of `b` into `out`, from `at`, with rows of `width`. */
export type PanelProduct = (
  a: Panel,
  rows: number,
  b: Panel,
  columns: number,
  length: number,
  out: TypedArray,
  at: number,
  width: number,
) => void

const oneByOne = (tile: Tile): PanelProduct => {
  return (a, rows, b, columns, length, out, at, width) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) tile(a, i, b, j, length, out, at + i * width + j, width)
    }
  }
}

const fourByFour: PanelProduct = (a, rows, b, columns, length, out, at, width) => {
  const wholeRows = rows & ~3
  const wholeColumns = columns & ~3
  for (let i = 0; i < wholeRows; i += 4) {
    for (let j = 0; j < wholeColumns; j += 4) floatTile4x4(a, i, b, j, length, out, at + i * width + j, width)
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < wholeRows ? wholeColumns : 0; j < columns; j++) {
      floatTile1x1(a, i, b, j, length, out, at + i * width + j, width)
    }
  }
}

/** How panels of a dtype are multiplied. */
export const panelProduct = (dtype: DType): PanelProduct =>
  isFloat(dtype) ? fourByFour : oneByOne(dtype === 'bool' ? boolTile1x1 : integerTile1x1)
