import { i32 } from '../../assembler/scalars.js'
import { f32x4, i32x4, v128 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import { constantLanes, type LaneCode, type Lanes } from '../lanes.js'

/** π/2 as a sum, the first of 33 bits, so that its multiples up to 2¹⁷·2/π are exact. */
const halfPiHigh = 1.5707963267341256
const halfPiLow = 6.077100506506192e-11

/** sin(r)/r in r², for |r| ≤ π/4, to 5e-12; minimax. */
const sinSeries = [
  0.9999999999956265, -0.1666666663127812, 0.008333328751324665, -0.00019839192646426418,
  2.717256099100819e-6,
]

/** cos r in r², for |r| ≤ π/4, to 6e-14; minimax. */
const cosSeries = [
  0.9999999999999436, -0.499999999993436, 0.041666666542758656, -0.0013888880333416957, 2.4798916085915935e-5,
  -2.717251214514309e-7,
]

/** From here on multiples of π/2 are not exact. */
export const farthest = 2 ** 17

/** x = q·π/2 + r: the sine and cosine of r, computed in float64, as float32; and q. */
const reduced = (
  code: LaneCode,
  x: Lanes,
): { readonly sin: Lanes; readonly cos: Lanes; readonly q: Lanes } => {
  const f = new FloatCode(code, 'float64')
  const wide = code.promote(x)
  const k = f.nearest(f.mul(wide, 2 / Math.PI))
  const r = f.sub(f.sub(wide, f.mul(k, halfPiHigh)), f.mul(k, halfPiLow))
  const square = f.mul(r, r)
  return {
    sin: code.demote(f.mul(r, f.polynomial(sinSeries, square))),
    cos: code.demote(f.polynomial(cosSeries, square)),
    q: code.map(i32x4.truncSatF32x4S, code.demote(k)),
  }
}

/** All bits where the lowest one is set. */
const isOdd = (code: LaneCode, q: Lanes): Lanes =>
  code.map((v) => i32x4.shrS(i32x4.shl(v, i32.const(31)), i32.const(31)), q)

/** x or y, negated where bit 1 of q is set. */
const quadrant = (code: LaneCode, q: Lanes, even: Lanes, odd: Lanes): Lanes => {
  const chosen = new FloatCode(code, 'float32').choose(isOdd(code, q), odd, even)
  return code.map(
    (v, n, two) => v128.xor(v, i32x4.shl(v128.and(n, two), i32.const(30))),
    chosen,
    q,
    constantLanes('int32', 2),
  )
}

/** sin x in float32, for |x| ≤ 2¹⁷; −0 stays. */
export const sin = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const parts = reduced(code, x)
  return f.choose(f.lt(f.abs(x), 2 ** -13), x, quadrant(code, parts.q, parts.sin, parts.cos))
}

/** cos x in float32, for |x| ≤ 2¹⁷. */
export const cos = (code: LaneCode, x: Lanes): Lanes => {
  const parts = reduced(code, x)
  const next = code.map(i32x4.add, parts.q, constantLanes('int32', 1))
  return quadrant(code, next, parts.sin, parts.cos)
}

/** tan x in float32, for |x| ≤ 2¹⁷: sin r/cos r, or −cos r/sin r. */
export const tan = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const { sin, cos, q } = reduced(code, x)
  const odd = isOdd(code, q)
  const quotient = code.map(f32x4.div, f.choose(odd, f.neg(cos), sin), f.choose(odd, sin, cos))
  return f.choose(f.lt(f.abs(x), 2 ** -13), x, quotient)
}
