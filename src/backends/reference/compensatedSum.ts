import type { TypedArray } from '../../ir/dtype.js'
import type { Fold } from './fold.js'
import { blockSize, type Lane } from './lane.js'

/**
 * Sums of float64 that carry the rounding error of every addition along (Neumaier's variant of Kahan's
 * summation), so that neither the number of elements nor their order matters to the last digits.
 * @see https://doi.org/10.1002/zamm.19740540106
 */
export class CompensatedSum implements Fold {
  readonly #sums = new Float64Array(blockSize)
  readonly #errors = new Float64Array(blockSize)
  #width = 0

  readonly #init: number
  readonly #element: Lane

  constructor(init: number, element: Lane) {
    this.#init = init
    this.#element = element
  }

  begin(width: number): void {
    this.#width = width
    this.#sums.fill(this.#init, 0, width)
    this.#errors.fill(0, 0, width)
  }

  join(_outer: number, length: number, inner: number): void {
    const { data, at } = this.#element
    const [next, step] = inner > 1 ? [inner, 1] : [1, length]
    for (let k = 0; k < length; k++) this.#add(data, at + k * next, step)
  }

  finish(into: readonly Lane[], at: number): void {
    const { data, at: origin } = into[0]
    for (let i = 0; i < this.#width; i++) {
      const error = this.#errors[i]
      // Where the sum is infinite the error says nothing.
      data[origin + at + i] = Number.isFinite(this.#sums[i]) ? this.#sums[i] + error : this.#sums[i]
    }
  }

  /** Adds one element to each sum: `data[at]`, `data[at + step]`… */
  #add(data: TypedArray, at: number, step: number): void {
    const [sums, errors, width] = [this.#sums, this.#errors, this.#width] as const
    for (let i = 0; i < width; i++) {
      const x = data[at + i * step]
      const before = sums[i]
      const sum = before + x
      errors[i] += Math.abs(before) >= Math.abs(x) ? before - sum + x : x - sum + before
      sums[i] = sum
    }
  }
}
