import type { ScalarOp } from '../../../../ir/expr.js'
import { i32 } from '../../assembler/scalars.js'
import type { Value } from '../../assembler/value.js'
import { i32x4, v128 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import { constantLanes, type LaneCode, type Lanes, type Vector } from '../lanes.js'

/** Adding it rounds a float32 to an integer, which is then in its lowest bits. */
const magic = 1.5 * 2 ** 23

/** Where the exponent of 1 is. */
const bias = 127

/** ln 2 as a sum, the first of few bits, so that its multiples are exact. */
const ln2High = 0.693359375
const ln2Low = -2.1219444005469057e-4

/** (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2, to 4e-9; minimax. */
const expTail = [
  0.5000000090244378, 0.16666521334579826, 0.04166621552911248, 0.00836867847470764, 0.0013950036942378054,
]

/** The lowest bits as an exponent: 2ⁿ of n + 127. */
const asExponent = (code: LaneCode, bits: Lanes): Lanes => code.map((v) => i32x4.shl(v, i32.const(23)), bits)

/** x = n·ln 2 + r with n whole, n + `more` in the lowest bits of `bits`, and eʳ − 1. */
const reduced = (f: FloatCode, x: Lanes, more: number): { readonly bits: Lanes; readonly less1: Lanes } => {
  const bits = f.add(f.mul(x, Math.LOG2E), magic + more)
  const whole = f.sub(bits, magic + more)
  const r = f.sub(f.sub(x, f.mul(whole, ln2High)), f.mul(whole, ln2Low))
  const square = f.mul(r, r)
  const [first, second, ...others] = expTail
  // in two chains, which do not wait for each other
  const tail = f.add(f.polynomial([first, second], r), f.mul(square, f.polynomial(others, r)))
  return { bits, less1: f.add(r, f.mul(square, tail)) }
}

/** eˣ in float32: below 1 ULP, denormals too. It is scaled in two steps, and rounded by the last. */
export const exp = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const { bits, less1 } = reduced(f, f.most(f.least(x, 89), -104), 2 * bias)
  const half = code.map((v) => i32x4.shrU(v, i32.const(1)), bits)
  const rest = code.map(i32x4.sub, bits, half)
  return f.mul(f.mul(f.add(less1, 1), asExponent(code, half)), asExponent(code, rest))
}

/** The same eˣ of ordinary x: n is added to the exponent. */
const ordinaryExp = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const { bits, less1 } = reduced(f, x, 0)
  return code.map(i32x4.add, f.add(less1, 1), asExponent(code, bits))
}

/** The bits of 87: up to there eˣ and e⁻ˣ are normal numbers. */
const ordinaryBits = 0x42ae0000

/** Whether numbers are all ordinary, up to ±87. */
export const areOrdinary = (code: LaneCode, xs: readonly Lanes[]): Value<'i32'> => {
  const f = new FloatCode(code, 'float32')
  // magnitudes are ordered as their bits are, and NaN is beyond them
  const most = xs.flatMap((x): readonly Vector[] => f.abs(x).registers).reduce(i32x4.maxS)
  const bound = constantLanes('int32', ordinaryBits).registers[0]
  return i32.eqz(i32x4.bitmask(i32x4.gtS(most, bound)))
}

const sigmoidBy =
  (power: typeof exp) =>
  (code: LaneCode, x: Lanes): Lanes => {
    const f = new FloatCode(code, 'float32')
    const e = power(code, code.map(v128.or, x, f.lanes(-0)))
    return f.div(f.choose(f.ge(x, 0), 1, e), f.add(e, 1))
  }

/** 1/(1+e⁻ˣ) in float32: e^−|x| never overflows. */
export const sigmoid = sigmoidBy(exp)

/** Functions of ordinary numbers: the same values, sooner. */
export const ofOrdinary: { readonly [fn in ScalarOp]?: typeof exp } = {
  exp: ordinaryExp,
  sigmoid: sigmoidBy(ordinaryExp),
}

/** (e²ᵗ − 1)/(e²ᵗ + 1) of t = |x| in float32, with the sign of x; it is 1 from 9.1 on. */
export const tanh = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const t = f.least(f.abs(x), 9.1)
  const { bits, less1 } = reduced(f, f.add(t, t), bias)
  const scale = asExponent(code, bits)
  const numerator = f.add(f.mul(scale, less1), f.sub(scale, 1))
  return f.signed(f.div(numerator, f.add(numerator, 2)), x)
}
