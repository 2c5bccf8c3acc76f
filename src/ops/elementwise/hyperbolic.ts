import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, mul, sub } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise hyperbolic sine.   d sinh(x) = cosh(x)·dx */
export const sinhP = elementwise({
  name: 'sinh',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, cosh(x))],
})
/** Hyperbolic sine. Integers become float32. */
export const sinh = (x: TensorLike): Tensor => bind1(sinhP, [toFloat(x)], {})

/** Elementwise hyperbolic cosine.   d cosh(x) = sinh(x)·dx */
export const coshP = elementwise({
  name: 'cosh',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, sinh(x))],
})
/** Hyperbolic cosine. Integers become float32. */
export const cosh = (x: TensorLike): Tensor => bind1(coshP, [toFloat(x)], {})

/** Elementwise hyperbolic tangent y.   d y = (1 − y²)·dx, factored: exact where y is near ±1 */
export const tanhP = elementwise({
  name: 'tanh',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, mul(sub(1, y), add(y, 1)))],
})
/** Hyperbolic tangent. Integers become float32. */
export const tanh = (x: TensorLike): Tensor => bind1(tanhP, [toFloat(x)], {})
