import { f32x4, f64x2, v128 } from '../assembler/vectors.js'
import { constantLanes, type LaneCode, type Lanes } from './lanes.js'

type Operand = Lanes | number

/** Arithmetic of one float type on lanes, for formulas. */
export class FloatCode {
  readonly #of: Omit<
    typeof f32x4,
    'extractLane' | 'replaceLane' | 'splat' | 'demoteF64x2Zero' | 'convertI32x4S' | 'convertI32x4U'
  >

  readonly #dtype: 'float32' | 'float64'

  constructor(
    readonly code: LaneCode,
    dtype: 'float32' | 'float64',
  ) {
    this.#dtype = dtype

    this.#of = dtype === 'float32' ? f32x4 : f64x2
  }

  lanes(x: Operand): Lanes {
    return typeof x === 'number' ? constantLanes(this.#dtype, x) : x
  }

  #two(instruction: typeof f32x4.add, a: Operand, b: Operand): Lanes {
    return this.code.map(instruction, this.lanes(a), this.lanes(b))
  }

  add(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.add, a, b)
  }

  sub(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.sub, a, b)
  }

  mul(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.mul, a, b)
  }

  div(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.div, a, b)
  }

  /** The smaller one; NaN where `a` is. */
  least(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.pmin, a, b)
  }

  /** The greater one; NaN where `a` is. */
  most(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.pmax, a, b)
  }

  lt(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.lt, a, b)
  }

  le(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.le, a, b)
  }

  ge(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.ge, a, b)
  }

  eq(a: Operand, b: Operand): Lanes {
    return this.#two(this.#of.eq, a, b)
  }

  abs(a: Lanes): Lanes {
    const dtype = this.#dtype
    // V8 makes the mask anew for each one of its own instructions
    return dtype === 'float32'
      ? this.code.map(v128.and, a, constantLanes('int32', 0x7fffffff))
      : this.code.map(this.#of.abs, a)
  }

  neg(a: Lanes): Lanes {
    return this.code.map(this.#of.neg, a)
  }

  nearest(a: Lanes): Lanes {
    return this.code.map(this.#of.nearest, a)
  }

  /** `a` where the mask is set, else `b`. */
  choose(mask: Lanes, a: Operand, b: Operand): Lanes {
    return this.code.map((m, x, y) => v128.bitselect(x, y, m), mask, this.lanes(a), this.lanes(b))
  }

  and(a: Lanes, b: Lanes): Lanes {
    return this.code.map(v128.and, a, b)
  }

  /** |x| with the sign of `sign`, for x ≥ 0. */
  signed(x: Lanes, sign: Lanes): Lanes {
    const bit = this.lanes(-0)
    return this.code.map((v, s, b) => v128.or(v, v128.and(s, b)), x, sign, bit)
  }

  /** c₀ + c₁x + c₂x² + … by Horner's rule. */
  polynomial(coefficients: readonly number[], x: Lanes): Lanes {
    return coefficients
      .slice(0, -1)
      .reduceRight<Operand>(
        (sum, c) => this.add(this.mul(sum, x), c),
        coefficients[coefficients.length - 1],
      ) as Lanes
  }
}
