import { FloatCode } from '../floatCode.js'
import type { LaneCode, Lanes } from '../lanes.js'
import { exp2, log2 } from './float64Logarithm.js'

/** xʸ in float32 for positive finite x and finite y, computed in float64. */
export const pow = (code: LaneCode, x: Lanes, y: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  return code.demote(exp2(code, f.mul(code.promote(y), log2(code, code.promote(x)))))
}

/** ln(1+x) in float32, computed in float64, in which 1+x loses little but for tiny x. */
export const log1p = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  const wide = code.promote(x)
  const tiny = f.mul(wide, f.sub(f.lanes(1), f.mul(wide, 0.5)))
  const whole = f.mul(log2(code, f.add(wide, 1)), Math.LN2)
  const inf = Number.POSITIVE_INFINITY
  const isInside = f.and(f.lt(f.lanes(-1), wide), f.lt(wide, inf))
  const outside = f.choose(f.lt(wide, -1), Number.NaN, f.choose(f.eq(wide, -1), -inf, wide))
  return code.demote(f.choose(f.lt(f.abs(wide), 1e-5), tiny, f.choose(isInside, whole, outside)))
}

/** eˣ − 1 in float32, computed in float64; for tiny x a series. */
export const expm1 = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  const wide = code.promote(x)
  const tiny = f.mul(wide, f.polynomial([1, 1 / 2, 1 / 6], wide))
  const whole = f.sub(exp2(code, f.mul(wide, Math.LOG2E)), 1)
  return code.demote(f.choose(f.lt(f.abs(wide), 1e-4), tiny, whole))
}
