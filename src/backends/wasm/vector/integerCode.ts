import type { DType } from '../../../ir/dtype.js'
import { i32, select } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import { f64x2, i32x4, v128 } from '../assembler/vectors.js'
import { FloatCode } from './floatCode.js'
import { constantLanes, type LaneCode, type Lanes, type Vector } from './lanes.js'
import type { VectorForm, VectorForms } from './vectorForms.js'

type Instruction = (a: Vector, b: Vector) => Vector

/**
 * a/b truncated, by way of float64, in which the quotient of 32-bit integers rounds to no integer that it does not reach.
 * x/0 is −1 (all bits), and −2³¹/−1 wraps.
 */
const quotient = (code: LaneCode, dtype: DType, a: Lanes, b: Lanes): Lanes => {
  const isSigned = dtype === 'int32'
  const convert = isSigned ? f64x2.convertLowI32x4S : f64x2.convertLowI32x4U
  const f = new FloatCode(code, 'float64')
  const wide = f.div(code.widened(a, convert), code.widened(b, convert))
  const whole = code.narrowed(wide, isSigned ? i32x4.truncSatF64x2SZero : i32x4.truncSatF64x2UZero)
  const isZero = code.map(i32x4.eq, b, constantLanes(dtype, 0))
  const divided = code.map(v128.or, whole, isZero)
  // where b is 0 the quotient has any bits, and all of them are set here
  if (!isSigned) return divided
  const isMinusOne = code.map(i32x4.eq, b, constantLanes(dtype, -1))
  return code.map((q, x, m) => v128.bitselect(i32x4.neg(x), q, m), divided, a, isMinusOne)
}

const remainder = (code: LaneCode, dtype: DType, a: Lanes, b: Lanes): Lanes => {
  const q = quotient(code, dtype, a, b)
  // x rem 0 = x: b·q is 0 there, whatever q is
  return code.map((x, y, n) => i32x4.sub(x, i32x4.mul(y, n)), a, b, q)
}

const zero = constantLanes('int32', 0)

const shifts = {
  shiftLeft: [i32x4.shl, i32.shl],
  shiftRightLogical: [i32x4.shrU, i32.shrU],
  shiftRightArithmetic: [i32x4.shrS, i32.shrS],
} as const

/** Shifts by 32 or more shift all out; an arithmetic one leaves the sign. `places`, where it is a constant. */
const shifted = (
  code: LaneCode,
  fn: keyof typeof shifts,
  a: Lanes,
  b: Lanes,
  places: number | null,
): Lanes => {
  const [vector, scalar] = shifts[fn]
  const isArithmetic = fn === 'shiftRightArithmetic'
  if (places !== null) {
    if (places >= 0 && places < 32) return code.map((v) => vector(v, i32.const(places)), a)
    return isArithmetic ? code.map((v) => vector(v, i32.const(31)), a) : constantLanes('int32', 0)
  }
  const one = (x: Vector, y: Vector, lane: number): Value<'i32'> => {
    const [value, by] = [i32x4.extractLane(x, lane), code.body.let(i32x4.extractLane(y, lane))]
    const isInside = i32.ltU(by, i32.const(32))
    return isArithmetic
      ? scalar(value, select(isInside, by, i32.const(31)))
      : select(isInside, scalar(value, by), i32.const(0))
  }
  if (a.isUniform && b.isUniform) return code.map((x, y) => i32x4.splat(one(x, y, 0)), a, b)
  return code.map(
    (x, y) =>
      [1, 2, 3].reduce<Vector>(
        (v, lane) => code.let(i32x4.replaceLane(v, one(x, y, lane), lane)),
        code.let(i32x4.splat(one(x, y, 0))),
      ),
    a,
    b,
  )
}

const instruction =
  (signed: Instruction, unsigned = signed): VectorForm =>
  (code, [a, b], _e, dtype) =>
    code.map(dtype === 'int32' ? signed : unsigned, a, b)

const shift =
  (fn: keyof typeof shifts): VectorForm =>
  (code, [a, b], { args: [, by] }) =>
    shifted(code, fn, a, b, by.op === 'const' ? by.value : null)

/** The vector forms of integers. */
export const integerForms: VectorForms = {
  add: instruction(i32x4.add),
  sub: instruction(i32x4.sub),
  mul: instruction(i32x4.mul),
  and: instruction(v128.and),
  or: instruction(v128.or),
  xor: instruction(v128.xor),
  max: instruction(i32x4.maxS, i32x4.maxU),
  min: instruction(i32x4.minS, i32x4.minU),
  neg: (code, [a]) => code.map(i32x4.neg, a),
  abs: (code, [a], _e, dtype) => (dtype === 'int32' ? code.map(i32x4.abs, a) : a),
  not: (code, [a]) => code.map(v128.not, a),
  sign: (code, [a], _e, dtype) =>
    dtype === 'int32'
      ? code.map((x, z) => i32x4.sub(i32x4.ltS(x, z), i32x4.gtS(x, z)), a, zero)
      : code.map((x, z) => i32x4.neg(i32x4.ne(x, z)), a, zero),
  div: (code, [a, b], _e, dtype) => quotient(code, dtype, a, b),
  rem: (code, [a, b], _e, dtype) => remainder(code, dtype, a, b),
  shiftLeft: shift('shiftLeft'),
  shiftRightLogical: shift('shiftRightLogical'),
  shiftRightArithmetic: shift('shiftRightArithmetic'),
}
