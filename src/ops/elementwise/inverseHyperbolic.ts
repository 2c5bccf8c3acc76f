import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, div, mul, sub } from './arithmetic.js'
import { hypot } from './hypot.js'
import { toFloat } from './lift.js'
import { rsqrt } from './sqrt.js'

/** Elementwise inverse hyperbolic sine.   d asinh(x) = dx/√(x² + 1) */
export const asinhP = elementwise({
  name: 'asinh',
  takes: 'float',
  // √(x² + 1) as a hypotenuse: x² may overflow
  jvp: [(dx, [x]) => div(dx, hypot(x, 1))],
})
/** Inverse hyperbolic sine. Integers become float32. */
export const asinh = (x: TensorLike): Tensor => bind1(asinhP, [toFloat(x)], {})

/** Elementwise inverse hyperbolic cosine, x ≥ 1.   d acosh(x) = dx/(√(x − 1)·√(x + 1)) */
export const acoshP = elementwise({
  name: 'acosh',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))))],
})
/** Inverse hyperbolic cosine of x ≥ 1. Integers become float32. */
export const acosh = (x: TensorLike): Tensor => bind1(acoshP, [toFloat(x)], {})

/** Elementwise inverse hyperbolic tangent, |x| ≤ 1.   d atanh(x) = dx/(1 − x²) */
export const atanhP = elementwise({
  name: 'atanh',
  takes: 'float',
  jvp: [(dx, [x]) => div(dx, mul(sub(1, x), add(x, 1)))],
})
/** Inverse hyperbolic tangent of |x| ≤ 1. Integers become float32. */
export const atanh = (x: TensorLike): Tensor => bind1(atanhP, [toFloat(x)], {})
