import type { TypedArray } from '../../ir/dtype.js'
import type { Affine } from './affine.js'

/**
 * Walks the rows (runs along the innermost axis) of an affine view. `values[0]` is the address of the
 * current row's first element, `values[1 + k]` the bounded coordinate of guard k there.
 */
export class RowCursor {
  readonly values: Int32Array
  readonly #index: Int32Array
  readonly #extents: Int32Array
  readonly #starts: Int32Array
  /** `coefs[t·width + q]`: the change of value q by a step along outer axis t. */
  readonly #coefs: Int32Array
  /** The same for a step that returns all axes further in to their start. */
  readonly #carries: Int32Array

  constructor(view: Affine) {
    const outer = view.extents.length - 1
    const quantities = [
      { offset: view.offset, coefs: view.strides },
      ...view.guards.map((g) => ({ offset: g.offset, coefs: g.coefs })),
    ]
    const width = quantities.length
    this.values = new Int32Array(width)
    this.#index = new Int32Array(outer)
    this.#extents = Int32Array.from(view.extents.slice(0, outer))
    this.#starts = Int32Array.from(quantities, (q) => q.offset)
    this.#coefs = new Int32Array(outer * width)
    this.#carries = new Int32Array(outer * width)
    quantities.forEach(({ coefs }, q) => {
      let wound = 0
      for (let t = outer - 1; t >= 0; t--) {
        this.#coefs[t * width + q] = coefs[t]
        this.#carries[t * width + q] = coefs[t] - wound
        wound += coefs[t] * (view.extents[t] - 1)
      }
    })
  }

  /** Goes to a row by its number. */
  seek(row: number): void {
    const { values } = this
    const [index, extents, coefs] = [this.#index, this.#extents, this.#coefs] as const
    const width = values.length
    values.set(this.#starts)
    let rest = row
    for (let t = extents.length - 1; t >= 0; t--) {
      const quotient = Math.floor(rest / extents[t])
      index[t] = rest - quotient * extents[t]
      rest = quotient
      for (let q = 0; q < width; q++) values[q] += index[t] * coefs[t * width + q]
    }
  }

  /** Goes to the next row. */
  advance(): void {
    const { values } = this
    const [index, extents, carries] = [this.#index, this.#extents, this.#carries] as const
    const width = values.length
    for (let t = extents.length - 1; t >= 0; t--) {
      if (++index[t] < extents[t]) {
        for (let q = 0; q < width; q++) values[q] += carries[t * width + q]
        return
      }
      index[t] = 0
    }
  }
}

/** The columns of a row in which all guards hold, as an interval. */
export class GuardInterval {
  from = 0
  to = 0
  readonly #sizes: readonly number[]
  readonly #steps: readonly number[]

  constructor(view: Affine) {
    const inner = view.extents.length - 1
    this.#sizes = view.guards.map((g) => g.size)
    this.#steps = view.guards.map((g) => g.coefs[inner])
  }

  /** Narrows `[from, to)`; `values[1 + k]` is guard k's coordinate in column 0. */
  clip(values: Int32Array, from: number, to: number): void {
    for (let k = 0; k < this.#sizes.length; k++) {
      const at = values[k + 1]
      const size = this.#sizes[k]
      const step = this.#steps[k]
      if (step === 0) {
        if (at < 0 || at >= size) to = from
      } else if (step > 0) {
        from = Math.max(from, Math.ceil(-at / step))
        to = Math.min(to, Math.ceil((size - at) / step))
      } else {
        from = Math.max(from, Math.floor((at - size) / -step) + 1)
        to = Math.min(to, Math.floor(at / -step) + 1)
      }
    }
    this.from = from
    this.to = Math.max(from, to)
  }
}

/** Rows shorter than this are copied by a loop, longer ones by the engine's own routines. */
const shortRow = 24

/** The same loop twice: one source per element type keeps the engine's code for float32 free of other types. */
const gatherFloat32 = (
  out: Float32Array,
  at: number,
  data: Float32Array,
  from: number,
  stride: number,
  count: number,
) => {
  for (let i = 0; i < count; i++) out[at + i] = data[from + i * stride]
}

const gather = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  from: number,
  stride: number,
  count: number,
) => {
  for (let i = 0; i < count; i++) out[at + i] = data[from + i * stride]
}

/** `out[at + i] = data[from + i·stride]` for `i < count`. */
export const copyRow = (
  out: TypedArray,
  at: number,
  data: TypedArray,
  from: number,
  stride: number,
  count: number,
): void => {
  if (stride === 0 && count >= shortRow) out.fill(data[from], at, at + count)
  else if (stride === 1 && count >= shortRow) out.set(data.subarray(from, from + count), at)
  else if (out instanceof Float32Array && data instanceof Float32Array)
    gatherFloat32(out, at, data, from, stride, count)
  else gather(out, at, data, from, stride, count)
}
