import { FloatCode } from '../floatCode.js'
import type { LaneCode, Lanes } from '../lanes.js'
import { exp } from './exponential.js'

/** erf(x)/x − 1 in x², for |x| ≤ 0.9, to 3e-10; minimax. */
const nearZero = [
  0.12837916676436664, -0.3761263497985573, 0.11283715032898545, -0.026860508465409185, 0.005203859164985488,
  -0.0008175639347192928, 8.513104293211885e-5,
]

/** ln(erfc x) in x − 2, for 0.89 ≤ x ≤ 4, to 7e-11 of erf x; minimax. */
const tail = [
  -5.3649412501275595, -4.418160732338948, -0.9237511622563611, -0.01646687866508544, 0.003569521843674367,
  -0.0007289255842448186, 0.00014016037308207114, -2.0683979844710965e-5,
]

/** erf x in float32; it is ±1 from ±3.92 on. */
export const erf = (code: LaneCode, x: Lanes): Lanes => {
  const f = new FloatCode(code, 'float32')
  const small = f.add(x, f.mul(x, f.polynomial(nearZero, f.mul(x, x))))
  const t = f.least(f.abs(x), 4)
  const far = f.sub(f.lanes(1), exp(code, f.polynomial(tail, f.sub(t, 2))))
  return f.choose(f.lt(t, 0.9), small, f.signed(far, x))
}
