import { FloatCode } from '../floatCode.js'
import type { LaneCode, Lanes } from '../lanes.js'
import { exp } from './exponential.js'

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
