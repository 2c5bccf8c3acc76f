import { isFloat, storedValue } from '../../src/ir/dtype.js'
import type { Plain } from './plain.js'

/** Reproducible numbers from a whole one, so that what a law needs besides its case shrinks with it. */
export class Salt {
  private state: number
  constructor(salt: number) {
    this.state = (salt * 0x9e3779b1 + 0x7f4a7c15) | 0
  }

  /** A whole number below n. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % n
  }

  coin(): boolean {
    return this.below(2) === 1
  }

  pick<T>(xs: readonly T[]): T {
    return xs[this.below(xs.length)]
  }

  /** 1/64 … 1 of either sign: a float32 whose products are exact in double precision. */
  signed(): number {
    return ((1 + this.below(64)) / 64) * (this.coin() ? 1 : -1)
  }

  /** An array like x of such numbers (of integers: 0). */
  direction(x: Pick<Plain, 'dtype' | 'shape' | 'data'>): Plain {
    return { ...x, data: x.data.map(() => (isFloat(x.dtype) ? storedValue(x.dtype, this.signed()) : 0)) }
  }
}
