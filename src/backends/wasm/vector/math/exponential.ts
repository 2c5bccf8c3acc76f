import { i32 } from '../../assembler/scalars.js'
import { f32x4, i32x4, v128 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import { constantLanes, type LaneCode, type Lanes, type Vector } from '../lanes.js'

/** Adding it rounds a float32 to an integer, which is then in its lowest bits. */
const magic = 1.5 * 2 ** 23
const magicBits = 0x4b400000

/** ln 2 as a sum, the first of few bits, so that its multiples are exact. */
const ln2High = 0.693359375
const ln2Low = -2.1219444005469057e-4

/** (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2, to 4e-9; minimax. */
const expTail = [
  0.5000000090244378, 0.16666521334579826, 0.04166621552911248, 0.00836867847470764, 0.0013950036942378054,
]

const shl =
  (places: number) =>
  (v: Vector): Vector =>
    i32x4.shl(v, i32.const(places))

/** 2ⁿ from whole numbers n ≥ −126. */
const powerOfTwo = (code: LaneCode, n: Lanes): Lanes =>
  code.map(shl(23), code.map(i32x4.add, n, constantLanes('int32', 127)))

/** x = n·ln 2 + r with n whole, in the lowest bits of `bits`, and eʳ − 1. */
const reduced = (f: FloatCode, x: Lanes): { readonly bits: Lanes; readonly less1: Lanes } => {
  const bits = f.add(f.mul(x, Math.LOG2E), magic)
  const whole = f.sub(bits, magic)
  const r = f.sub(f.sub(x, f.mul(whole, ln2High)), f.mul(whole, ln2Low))
  const less1 = f.add(r, f.mul(f.mul(r, r), f.polynomial(expTail, r)))
  return { bits, less1 }
}

const wholeOf = (code: LaneCode, bits: Lanes): Lanes =>
  code.map(i32x4.sub, bits, constantLanes('int32', magicBits))

/** eˣ of any x. It is scaled in two steps, of which the last one rounds. */
const anyExp = (f: FloatCode, x: Lanes): Lanes => {
  const { code } = f
  const { bits, less1 } = reduced(f, f.most(f.least(x, 89), -104))
  const n = wholeOf(code, bits)
  const half = code.map((v) => i32x4.shrS(v, i32.const(1)), n)
  const rest = code.map(i32x4.sub, n, half)
  return f.mul(f.mul(f.add(less1, 1), powerOfTwo(code, half)), powerOfTwo(code, rest))
}

/** Up to here eˣ and e⁻ˣ are normal numbers. */
const normalMost = 87

/** eˣ of |x| ≤ 87: n is added to the exponent. */
const normalExp = (f: FloatCode, x: Lanes): Lanes => {
  const { bits, less1 } = reduced(f, x)
  return f.code.map(i32x4.add, f.add(less1, 1), f.code.map(shl(23), bits))
}

/** eˣ in float32: below 1 ULP, denormals too. */
export const exp = (code: LaneCode, x: Lanes): Lanes => {
  const { body } = code
  const f = new FloatCode(code, 'float32')
  const [first, ...others] = f.le(f.abs(x), normalMost).registers
  const areNormal = i32.eq(i32x4.bitmask(others.reduce(v128.and, first)), i32.const(15))
  const results = x.registers.map(() => body.variable(f32x4.const(0, 0, 0, 0)))
  const give = (lanes: Lanes): void => {
    results.forEach((result, i) => {
      body.set(result, lanes.registers[i])
    })
  }
  body.if(
    areNormal,
    () => give(normalExp(f, x)),
    () => give(anyExp(f, x)),
  )
  return { ...x, registers: results }
}

/** 1/(1+e⁻ˣ) in float32: e^−|x| never overflows. */
export const sigmoid = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const e = exp(code, f.neg(f.abs(x)))
  return f.div(f.choose(f.ge(x, 0), 1, e), f.add(e, 1))
}

/** (e²ᵗ − 1)/(e²ᵗ + 1) of t = |x| in float32, with the sign of x; it is 1 from 9.1 on. */
export const tanh = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const t = f.least(f.abs(x), 9.1)
  const { bits, less1 } = reduced(f, f.add(t, t))
  const scale = powerOfTwo(code, wholeOf(code, bits))
  const numerator = f.add(f.mul(scale, less1), f.sub(scale, 1))
  return f.signed(f.div(numerator, f.add(numerator, 2)), x)
}
