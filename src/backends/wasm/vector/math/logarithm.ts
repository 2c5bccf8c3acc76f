import { i32 } from '../../assembler/scalars.js'
import { f32x4, i32x4 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import { constantLanes, type LaneCode, type Lanes } from '../lanes.js'

/** (ln(1+f) − f + f²/2)/f³ for √½ ≤ 1+f ≤ √2, to 1e-9; minimax. */
const logTail = [
  0.33333313762320105, -0.24999984205528178, 0.2000204557054846, -0.16669287524043114, 0.14221788945442596,
  -0.12385017087528266, 0.11853100345942745, -0.11781105182458153, 0.0694712696411585,
]

const ln2High = 0.693359375
const ln2Low = -2.1219444005469057e-4

/** The bits of √½. */
const rootHalf = 0x3f3504f3

/** ln x in float32: x = 2ᵉ·(1+f) with 1+f around one; below 1 ULP. */
export const log = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const isDenormal = f.lt(x, 2 ** -126)
  const bits = f.choose(isDenormal, f.mul(x, 2 ** 23), x)
  const e = code.map(
    (v, c) => i32x4.shrS(i32x4.sub(v, c), i32.const(23)),
    bits,
    constantLanes('int32', rootHalf),
  )
  const m = code.map((v, n) => i32x4.sub(v, i32x4.shl(n, i32.const(23))), bits, e)
  const whole = f.sub(code.map(f32x4.convertI32x4S, e), f.and(isDenormal, f.lanes(23)))
  const z = f.sub(m, 1)
  const square = f.mul(z, z)
  const tail = f.mul(f.mul(square, z), f.polynomial(logTail, z))
  const small = f.sub(f.add(tail, f.mul(whole, ln2Low)), f.mul(square, 0.5))
  const y = f.add(f.add(small, z), f.mul(whole, ln2High))
  const inf = Number.POSITIVE_INFINITY
  const isOrdinary = f.and(f.lt(f.lanes(0), x), f.lt(x, inf))
  const special = f.choose(f.eq(x, 0), -inf, f.choose(f.eq(x, inf), inf, Number.NaN))
  return f.choose(isOrdinary, y, special)
}
