import { allocate, type DType, isFloat, type TypedArray } from '../../ir/dtype.js'
import type { BinaryOp } from '../../ir/expr.js'
import { scalarOp } from '../../ir/scalar.js'
import type { ScalarFunction } from '../../ir/scalarFunctions.js'
import type { Fold } from './fold.js'
import { blockSize, type Lane } from './lane.js'

/** Four running sums, so that additions need not wait for each other. */
const addSegment = (first: number, data: TypedArray, at: number, count: number): number => {
  let a = first
  let b = 0
  let c = 0
  let d = 0
  let k = at
  for (const end = at + count - 3; k < end; k += 4) {
    a += data[k]
    b += data[k + 1]
    c += data[k + 2]
    d += data[k + 3]
  }
  for (; k < at + count; k++) a += data[k]
  return a + b + (c + d)
}

const maxSegment = (first: number, data: TypedArray, at: number, count: number): number => {
  let most = first
  for (let k = at; k < at + count; k++) most = Math.max(most, data[k])
  return most
}

const addRows = (running: TypedArray, data: TypedArray, at: number, rows: number): void => {
  const width = running.length
  for (let r = 0, from = at; r < rows; r++, from += width) {
    for (let i = 0; i < width; i++) running[i] += data[from + i]
  }
}

const maxRows = (running: TypedArray, data: TypedArray, at: number, rows: number): void => {
  const width = running.length
  for (let r = 0, from = at; r < rows; r++, from += width) {
    for (let i = 0; i < width; i++) running[i] = Math.max(running[i], data[from + i])
  }
}

/** Joins `count` elements to a value. */
type SegmentLoop = (value: number, data: TypedArray, at: number, count: number) => number

/** Joins `rows` rows, as long as `running`, to its values. */
type RowsLoop = (running: TypedArray, data: TypedArray, at: number, rows: number) => void

/** Any operation, by a call an element. */
const generalLoops = (f: ScalarFunction): { readonly segment: SegmentLoop; readonly rows: RowsLoop } => ({
  segment: (first, data, at, count) => {
    let value = first
    for (let k = at; k < at + count; k++) value = f(value, data[k], 0)
    return value
  },
  rows: (running, data, at, rows) => {
    const width = running.length
    for (let r = 0, from = at; r < rows; r++, from += width) {
      for (let i = 0; i < width; i++) running[i] = f(running[i], data[from + i], 0)
    }
  },
})

const loopsFor = (op: BinaryOp, dtype: DType): { readonly segment: SegmentLoop; readonly rows: RowsLoop } => {
  if (isFloat(dtype) && op === 'add') return { segment: addSegment, rows: addRows }
  if (isFloat(dtype) && op === 'max') return { segment: maxSegment, rows: maxRows }
  return generalLoops(scalarOp(op, dtype, dtype))
}

/**
 * Reductions by one scalar operation. Floats run in double precision, so that a float32 sum of many
 * millions is rounded but once; integers wrap.
 */
export class ScalarFold implements Fold {
  readonly #storage: TypedArray
  readonly #segment: SegmentLoop
  readonly #rows: RowsLoop
  #running: TypedArray

  readonly #init: number
  readonly #element: Lane

  constructor(op: BinaryOp, dtype: DType, init: number, element: Lane) {
    this.#init = init
    this.#element = element

    const wide = isFloat(dtype) ? 'float64' : dtype
    this.#storage = allocate(wide, blockSize)
    this.#running = this.#storage
    const loops = loopsFor(op, wide)
    this.#segment = loops.segment
    this.#rows = loops.rows
  }

  begin(width: number): void {
    this.#running = this.#storage.subarray(0, width)
    this.#running.fill(this.#init)
  }

  join(outer: number, length: number, inner: number): void {
    const [running, element] = [this.#running, this.#element] as const
    if (inner > 1) this.#rows(running, element.data, element.at, length)
    else {
      for (let r = 0; r < outer; r++) {
        running[r] = this.#segment(running[r], element.data, element.at + r * length, length)
      }
    }
  }

  finish(into: readonly Lane[], at: number): void {
    into[0].data.set(this.#running, into[0].at + at)
  }
}
