import type { DType } from '../../../ir/dtype.js'
import type { FunctionBody } from '../assembler/functionBody.js'
import type { Value } from '../assembler/value.js'
import { f32x4, f64x2, i8x16, i32x4, i64x2 } from '../assembler/vectors.js'

export type Vector = Value<'v128'>

/**
 * The values of an expression at the points that are computed together. Four points share a register (float64: two registers), in the
 * order of the points; `bool` is a mask of 32 bits a point. Uniform lanes are one register, with the same value everywhere.
 */
export type Lanes = { readonly isUniform: boolean; readonly registers: readonly Vector[] }

export const uniform = (register: Vector): Lanes => ({ isUniform: true, registers: [register] })

const known = new Map<string, Lanes>()

/** A constant as lanes. */
export const constantLanes = (dtype: DType, value: number): Lanes => {
  const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`
  let lanes = known.get(key)
  if (lanes === undefined) {
    lanes = newConstant(dtype, value)
    // a bound, for programs whose constants change all the time
    if (known.size < 4096) known.set(key, lanes)
  }
  return lanes
}

const newConstant = (dtype: DType, value: number): Lanes => {
  switch (dtype) {
    case 'float32':
      return uniform(f32x4.const(value, value, value, value))
    case 'float64':
      return uniform(f64x2.const(value, value))
    case 'bool': {
      const mask = value === 0 ? 0 : -1
      return uniform(i32x4.const(mask, mask, mask, mask))
    }
    default:
      return uniform(i32x4.const(value, value, value, value))
  }
}

const lowHalf = [0, 1, 2, 3, 4, 5, 6, 7]
const highHalf = lowHalf.map((b) => b + 8)
/** The lower words of two registers of 64-bit lanes. */
const lowWords = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]

/** Writes computations on lanes, register by register, so that independent ones are side by side. */
export class LaneCode {
  constructor(readonly body: FunctionBody) {}

  let(value: Vector): Vector {
    return this.body.let(value)
  }

  /** An instruction on each register of some lanes of one width. */
  map(instruction: (...operands: Vector[]) => Vector, ...operands: readonly Lanes[]): Lanes {
    const count = Math.max(...operands.map((o) => o.registers.length))
    const registers = Array.from({ length: count }, (_, i) =>
      this.let(instruction(...operands.map((o) => o.registers[o.isUniform ? 0 : i]))),
    )
    return { isUniform: operands.every((o) => o.isUniform), registers }
  }

  /** Float32 as float64. */
  promote(x: Lanes): Lanes {
    return this.widened(x, f64x2.promoteLowF32x4)
  }

  /** Registers of 32-bit lanes as twice as many of 64-bit ones, by an instruction on the lower half. */
  widened(x: Lanes, low: (v: Vector) => Vector): Lanes {
    if (x.isUniform) return this.map(low, x)
    const registers = x.registers.flatMap((v) => [
      this.let(low(v)),
      this.let(low(i8x16.shuffle(v, v, [...highHalf, ...highHalf]))),
    ])
    return { isUniform: false, registers }
  }

  /** Float64 as float32. */
  demote(x: Lanes): Lanes {
    return this.narrowed(x, f32x4.demoteF64x2Zero)
  }

  /** Pairs of registers of 64-bit lanes as one of 32-bit lanes, by an instruction that gives a lower half. */
  narrowed(x: Lanes, low: (v: Vector) => Vector): Lanes {
    if (x.isUniform)
      return this.map((v) => {
        const half = this.let(low(v))
        return i8x16.shuffle(half, half, [...lowHalf, ...lowHalf])
      }, x)
    return this.#pairs(x, (a, b) =>
      i8x16.shuffle(low(a), low(b), [...lowHalf, ...lowHalf.map((i) => i + 16)]),
    )
  }

  /** Masks of 64 bits as masks of 32. */
  narrowMask(x: Lanes): Lanes {
    if (x.isUniform) return x
    return this.#pairs(x, (a, b) => i8x16.shuffle(a, b, lowWords))
  }

  /** Masks of 32 bits as masks of 64. */
  widenMask(x: Lanes): Lanes {
    if (x.isUniform) return x
    const registers = x.registers.flatMap((v) => [
      this.let(i64x2.extendLowI32x4S(v)),
      this.let(i64x2.extendHighI32x4S(v)),
    ])
    return { isUniform: false, registers }
  }

  #pairs(x: Lanes, join: (a: Vector, b: Vector) => Vector): Lanes {
    const registers = x.registers.flatMap((v, i) =>
      i % 2 === 0 ? [this.let(join(v, x.registers[i + 1]))] : [],
    )
    return { isUniform: false, registers }
  }
}
