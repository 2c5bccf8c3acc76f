import { allocate, type TypedArray } from '../../ir/dtype.js'
import type { Reduction } from '../../ir/program.js'
import { inOrder } from './affine.js'
import { type BlockProgram, compileBlocks } from './expression.js'
import type { Fold } from './fold.js'
import { blockSize, type Lane, laneOf } from './lane.js'
import { copyRow } from './rows.js'

/** A tuple a place, an array a slot. */
type Tuples = readonly TypedArray[]

/** The reduction of 2ˡᵉᵛᵉˡ blocks. */
type Partial = { level: number; readonly tuples: Tuples }

const lanesOf = (tuples: Tuples): readonly Lane[] => tuples.map((data) => laneOf(data))

/**
 * Any reduction: neighbours are joined in pairs, the results again in pairs, first within a block and then
 * among the blocks, so that `combine` runs on whole vectors, its order is kept, and rounding errors grow
 * with the logarithm of the number of elements.
 */
export class TreeFold implements Fold {
  readonly #left: Tuples
  readonly #right: Tuples
  readonly #joined: Tuples
  /** A level with an odd one out. */
  readonly #uneven: Tuples
  /** `left[i]` with `right[i]` to `joined[i]`. */
  readonly #combine: BlockProgram
  /** Partial results of decreasing levels, as the digits of a binary number. */
  readonly #partials: Partial[] = []
  #depth = 0
  #width = 0

  readonly #reduction: Reduction
  readonly #elements: readonly Lane[]

  constructor(reduction: Reduction, elements: readonly Lane[]) {
    this.#reduction = reduction
    this.#elements = elements

    this.#left = this.#tuples()
    this.#right = this.#tuples()
    this.#joined = this.#tuples()
    this.#uneven = this.#tuples()
    const slots = { acc: lanesOf(this.#left), elem: lanesOf(this.#right) }
    const targets = reduction.combine.map((_, slot) => slot)
    this.#combine = compileBlocks(reduction.combine, inOrder([blockSize]), slots, targets)
  }

  begin(width: number): void {
    this.#width = width
    this.#depth = 0
  }

  join(outer: number, length: number, inner: number): void {
    let current = this.#elements
    for (let left = length; left > 1; left = (left + 1) >> 1)
      current = this.#halve(current, outer, left, inner)
    this.#push(current)
  }

  finish(into: readonly Lane[], at: number): void {
    const { init } = this.#reduction
    const width = this.#width
    if (this.#depth === 0) {
      into.forEach((lane, slot) => {
        lane.data.fill(init[slot].value, lane.at + at, lane.at + at + width)
      })
      return
    }
    while (this.#depth > 1) this.#mergeTop()
    this.#partials[0].tuples.forEach((data, slot) => {
      this.#left[slot].fill(init[slot].value, 0, width)
      copyRow(this.#right[slot], 0, data, 0, 1, width)
    })
    this.#combine.run(this.#joined, 0, width)
    into.forEach((lane, slot) => {
      copyRow(lane.data, lane.at + at, this.#joined[slot], 0, 1, width)
    })
  }

  /** Joins elements 0 and 1, 2 and 3… of every segment; the last of an odd number stays as it is. */
  #halve(current: readonly Lane[], outer: number, length: number, inner: number): readonly Lane[] {
    const pairs = length >> 1
    const half = pairs * inner
    current.forEach(({ data, at }, slot) => {
      for (let r = 0; r < outer; r++) {
        const from = at + r * length * inner
        if (inner === 1) {
          copyRow(this.#left[slot], r * pairs, data, from, 2, pairs)
          copyRow(this.#right[slot], r * pairs, data, from + 1, 2, pairs)
        } else {
          for (let p = 0; p < pairs; p++) {
            copyRow(this.#left[slot], p * inner, data, from + 2 * p * inner, 1, inner)
            copyRow(this.#right[slot], p * inner, data, from + (2 * p + 1) * inner, 1, inner)
          }
        }
      }
    })
    const isUneven = length > 2 * pairs
    if (isUneven) {
      // Before `joined` is written: it may be where `current` is. Where that is `uneven` itself, its elements
      // move toward the front, in order, and none is lost.
      current.forEach(({ data, at }, slot) => {
        for (let r = 0; r < outer; r++) {
          const last = at + ((r + 1) * length - 1) * inner
          copyRow(this.#uneven[slot], r * (half + inner) + half, data, last, 1, inner)
        }
      })
    }
    this.#combine.run(this.#joined, 0, outer * half)
    if (!isUneven) return lanesOf(this.#joined)
    this.#joined.forEach((data, slot) => {
      for (let r = 0; r < outer; r++) {
        copyRow(this.#uneven[slot], r * (half + inner), data, r * half, 1, half)
      }
    })
    return lanesOf(this.#uneven)
  }

  #push(current: readonly Lane[]): void {
    if (this.#partials.length === this.#depth) this.#partials.push({ level: 0, tuples: this.#tuples() })
    const top = this.#partials[this.#depth++]
    top.level = 0
    current.forEach(({ data, at }, slot) => {
      copyRow(top.tuples[slot], 0, data, at, 1, this.#width)
    })
    while (
      this.#depth > 1 &&
      this.#partials[this.#depth - 2].level === this.#partials[this.#depth - 1].level
    ) {
      this.#mergeTop()
    }
  }

  /** Joins the last two partial results into one. */
  #mergeTop(): void {
    const before = this.#partials[this.#depth - 2]
    const after = this.#partials[this.#depth - 1]
    before.tuples.forEach((data, slot) => {
      copyRow(this.#left[slot], 0, data, 0, 1, this.#width)
      copyRow(this.#right[slot], 0, after.tuples[slot], 0, 1, this.#width)
    })
    this.#combine.run(this.#joined, 0, this.#width)
    before.tuples.forEach((data, slot) => {
      copyRow(data, 0, this.#joined[slot], 0, 1, this.#width)
    })
    before.level++
    this.#depth--
  }

  #tuples(): Tuples {
    return this.#reduction.init.map(({ dtype }) => allocate(dtype, blockSize))
  }
}
