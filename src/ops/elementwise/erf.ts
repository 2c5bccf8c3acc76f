import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul, neg } from './arithmetic.js'
import { exp } from './exp.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

const twoOverRootPi = 2 / Math.sqrt(Math.PI)

/** erf′(x) = 2/√π·e^(−x²) */
const slope = (x: Tensor): Tensor => mul(exp(neg(square(x))), twoOverRootPi)

/** Elementwise error function 2/√π·∫₀ˣ e^(−t²) dt.   d erf(x) = 2/√π·e^(−x²)·dx */
export const erfP = elementwise({
  name: 'erf',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, slope(x))],
})
/** Error function. Integers become float32. */
export const erf = (x: TensorLike): Tensor => bind1(erfP, [toFloat(x)], {})

/** Elementwise 1 − erf(x), exact where erf is near 1.   d erfc(x) = −2/√π·e^(−x²)·dx */
export const erfcP = elementwise({
  name: 'erfc',
  takes: 'float',
  jvp: [(dx, [x]) => neg(mul(dx, slope(x)))],
})
/** 1 − erf(x), exact where erf is near 1. Integers become float32. */
export const erfc = (x: TensorLike): Tensor => bind1(erfcP, [toFloat(x)], {})

/** Elementwise inverse y of erf, |x| ≤ 1.   d y = √π/2·e^(y²)·dx */
export const erfInvP = elementwise({
  name: 'erfInv',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, mul(exp(square(y)), 1 / twoOverRootPi))],
})
/** The y with erf(y) = x, for |x| ≤ 1. Integers become float32. */
export const erfInv = (x: TensorLike): Tensor => bind1(erfInvP, [toFloat(x)], {})
