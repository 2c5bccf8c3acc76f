import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { mul, neg } from './arithmetic.js'
import { exp } from './exp.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

const twoOverRootPi = 2 / Math.sqrt(Math.PI)

/** erf′(x) = 2/√π·e^(−x²) */
const slope = (x: Tensor): Tensor => mul(exp(neg(square(x))), twoOverRootPi)

/** Elementwise error function 2/√π·∫₀ˣ e^(−t²) dt.   d erf(x) = 2/√π·e^(−x²)·dx */
export const erfP = definePrimitive<NoParams>({
  name: 'erf',
  abstractEval: elementwiseShape('erf', 'float'),
  jvp: [(dx, [x]) => mul(dx, slope(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('erf'),
})
/** Error function. Integers become float32. */
export const erf = (x: TensorLike): Tensor => bind1(erfP, [toFloat(x)], {})

/** Elementwise 1 − erf(x), exact where erf is near 1.   d erfc(x) = −2/√π·e^(−x²)·dx */
export const erfcP = definePrimitive<NoParams>({
  name: 'erfc',
  abstractEval: elementwiseShape('erfc', 'float'),
  jvp: [(dx, [x]) => neg(mul(dx, slope(x)))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('erfc'),
})
/** 1 − erf(x), exact where erf is near 1. Integers become float32. */
export const erfc = (x: TensorLike): Tensor => bind1(erfcP, [toFloat(x)], {})

/** Elementwise inverse y of erf, |x| ≤ 1.   d y = √π/2·e^(y²)·dx */
export const erfInvP = definePrimitive<NoParams>({
  name: 'erfInv',
  abstractEval: elementwiseShape('erfInv', 'float'),
  jvp: [(dx, _xs, y) => mul(dx, mul(exp(square(y)), 1 / twoOverRootPi))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('erfInv'),
})
/** The y with erf(y) = x, for |x| ≤ 1. Integers become float32. */
export const erfInv = (x: TensorLike): Tensor => bind1(erfInvP, [toFloat(x)], {})
