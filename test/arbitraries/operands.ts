import type { Tensor } from '../../src/graph/tensor.js'
import { isFloat } from '../../src/ir/dtype.js'
import { broadcastShapes } from '../../src/ops/elementwise/lift.js'
import { reduceSum } from '../../src/ops/reductions/reduceSum.js'

/** What an operation of a program is given: the values so far, and numbers to choose by. */
export class Operands {
  private next = 0
  constructor(
    readonly pool: readonly Tensor[],
    private readonly picks: readonly number[],
    /** The nested steps as a function: the last float value after them. */
    readonly body: (inputs: readonly Tensor[]) => Tensor,
  ) {}

  /** A number below n; the choices come round when there are no more. */
  below(n: number): number {
    return this.picks[this.next++ % this.picks.length] % n
  }

  coin(): boolean {
    return this.below(2) === 1
  }

  /** One of the float values, of rank at least `rank`, if there is one: half of the time the latest. */
  float(rank = 0): Tensor | null {
    const candidates = this.pool.filter((x) => isFloat(x.dtype) && x.ndim >= rank)
    if (candidates.length === 0) return null
    return candidates[Math.min(this.below(2 * candidates.length), candidates.length - 1)]
  }

  /** One of the integer values, if there is one. */
  integer(): Tensor | null {
    const candidates = this.pool.filter((x) => x.dtype === 'int32')
    return candidates.length === 0 ? null : candidates[this.below(candidates.length)]
  }

  axis(x: Tensor): number {
    return this.below(x.ndim)
  }

  /** Two float values that broadcast; where they do not, the second is summed. */
  pair(): readonly [Tensor, Tensor] | null {
    const x = this.float()
    const y = this.float()
    if (x === null || y === null) return null
    try {
      broadcastShapes('pair', [x.shape, y.shape])
      return [x, y]
    } catch {
      return [x, reduceSum(y, [...y.shape.keys()])]
    }
  }
}

/** What an operation makes of its operands; `null`: there are none that fit. */
export type Operation = (o: Operands) => Tensor | null

/** An operation on one float value of rank at least `rank`. */
export const onOne =
  (f: (x: Tensor, o: Operands) => Tensor, rank = 0): Operation =>
  (o) => {
    const x = o.float(rank)
    return x === null ? null : f(x, o)
  }

/** An operation on two float values, broadcast. */
export const onTwo =
  (f: (x: Tensor, y: Tensor) => Tensor): Operation =>
  (o) => {
    const xs = o.pair()
    return xs === null ? null : f(...xs)
  }
