import { f64x2 } from '../../assembler/vectors.js'
import { FloatCode } from '../floatCode.js'
import type { LaneCode, Lanes } from '../lanes.js'
import { exp } from './exponential.js'
import { exp2, log2 } from './float64Logarithm.js'

/** erf(x)/x − 1 in x², for |x| ≤ 0.9, to 3e-10; minimax. */
const nearZero = [
  0.12837916676436664, -0.3761263497985573, 0.11283715032898545, -0.026860508465409185, 0.005203859164985488,
  -0.0008175639347192928, 8.513104293211885e-5,
]

/** ln(erfc x)/x in x, for 0.89 ≤ x ≤ 4, to 3e-10 of erf x; minimax. */
const tail = [
  -1.128536422363609, -0.6356966784796315, -0.10512326258569943, 0.02252631643315437, -0.0028383280838156035,
  1.6174037865052285e-5, 5.217239850477598e-5, -5.481912988989942e-6,
]

/** erf x in float32; it is ±1 from ±3.92 on. */
export const erf = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const small = f.add(x, f.mul(x, f.polynomial(nearZero, f.mul(x, x))))
  const t = f.least(f.abs(x), 4)
  const far = f.sub(f.lanes(1), exp(code, f.mul(t, f.polynomial(tail, t))))
  return f.choose(f.lt(t, 0.9), small, f.signed(far, x))
}

/** exp(t²)·erfc t in 1/(t + 2.5), for 0 ≤ t ≤ 10.2, to 2e-9; minimax. */
const scaledTail = [
  -8.432927453377069e-6, 0.5647616515901397, 1.3933808512360115, 3.540606156490252, 3.3890981281834196,
  36.76120231358788, -111.00886460773846, 446.7353050890438, -955.1726602064793, 947.8601767173218,
  -365.87045527768606,
]

/** erfc x in float32, computed in float64, in which t² is exact; it is 0 from 10.06 on, and 2 where x is negative as far. */
export const erfc = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  const wide = code.promote(x)
  const t = f.least(f.abs(wide), 10.2)
  const gauss = exp2(code, f.mul(f.mul(t, t), -Math.LOG2E))
  const tail = f.mul(gauss, f.polynomial(scaledTail, f.div(1, f.add(t, 2.5))))
  return code.demote(f.choose(f.lt(wide, 0), f.sub(f.lanes(2), tail), tail))
}

/** erf⁻¹(x)/x in w = −ln(1 − x²), for w ≤ 5.6, to 4e-9; minimax. */
const inverseNear = [
  0.8862269291632218, 0.23201347433848032, 0.011550959609440987, -0.0023403465826404477,
  -0.00011939946880211356, 3.836535546533448e-5, 6.874529647078967e-6, -2.80937980455254e-6,
  3.6572899583014707e-7, -2.267920773969699e-8, 5.653940891283936e-10,
]

/** The same in √w, for 5.4 ≤ w ≤ 16.7, to 7e-9; minimax. No float32 below 1 goes further. */
const inverseFar = [
  -1.2637019249928259, 7.347758652917437, -10.550296885593717, 8.872782799652049, -4.478164701168183,
  1.448056435040159, -0.30425035114720955, 0.040368189132899385, -0.003083725997202351,
  0.00010365131610388971,
]

/** erf⁻¹ x in float32, computed in float64; ±∞ at ±1, NaN beyond. */
export const erfInv = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float64')
  const wide = code.promote(x)
  const w = f.mul(log2(code, f.sub(f.lanes(1), f.mul(wide, wide))), -Math.LN2)
  const near = f.polynomial(inverseNear, w)
  const far = f.polynomial(inverseFar, code.map(f64x2.sqrt, w))
  const inside = f.mul(wide, f.choose(f.lt(w, 5.5), near, far))
  const t = f.abs(wide)
  const outside = f.choose(f.eq(t, 1), f.mul(wide, Number.POSITIVE_INFINITY), Number.NaN)
  return code.demote(f.choose(f.lt(t, 1), inside, outside))
}
