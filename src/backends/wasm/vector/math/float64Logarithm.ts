import { i32 } from '../../assembler/scalars.js'
import { f64x2, i8x16, i32x4, i64x2 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import { constantLanes, type LaneCode, type Lanes } from '../lanes.js'

/** log₂((1+s)/(1−s))/s in s², for |s| ≤ 0.1717, to 5e-16; minimax. */
const atanhSeries = [
  2.885390081777927, 0.9617966939243034, 0.5770780172595047, 0.4121984000168647, 0.32061652917080563,
  0.2614397509420584, 0.24296973120840076,
]

/** 2ʳ for |r| ≤ ½, to 8e-13; minimax. */
const exp2Series = [
  0.9999999999997619, 0.693147180546493, 0.24022650698885065, 0.05550410939427895, 0.009618128542193901,
  0.0013333451978400103, 0.00015403852001191518, 1.530976000002394e-5, 1.3175842999624314e-6,
]

const highWords = [4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15]

/** log₂ x of float64s that are positive, finite and normal, to some 1e-15. */
export const log2 = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  // the upper word of √½
  const e = code.map(
    (v, c) => i32x4.shrS(i32x4.sub(i8x16.shuffle(v, v, highWords), c), i32.const(20)),
    x,
    constantLanes('int32', 0x3fe6a09e),
  )
  const m = code.map((v, n) => i64x2.sub(v, i64x2.shl(i64x2.extendLowI32x4S(n), i32.const(52))), x, e)
  const s = f.div(f.sub(m, 1), f.add(m, 1))
  return f.add(code.map(f64x2.convertLowI32x4S, e), f.mul(s, f.polynomial(atanhSeries, f.mul(s, s))))
}

/** 2ˣ of float64s, to 1e-12; from 2¹⁰⁰⁰ on, and below 2⁻¹⁰⁰⁰, that much, which is ∞ and 0 in float32. */
export const exp2 = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  const t = f.most(f.least(x, 1000), -1000)
  const n = f.nearest(t)
  const scale = code.map(
    (v, c) => {
      const whole = i64x2.add(i64x2.extendLowI32x4S(i32x4.truncSatF64x2SZero(v)), c)
      return i64x2.shl(whole, i32.const(52))
    },
    n,
    constantWords(1023),
  )
  return f.mul(f.polynomial(exp2Series, f.sub(t, n)), scale)
}

/** 64-bit integers below 2³¹. */
const constantWords = (value: number): Lanes => ({
  isUniform: true,
  registers: [i32x4.const(value, 0, value, 0)],
})
