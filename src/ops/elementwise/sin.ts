import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul, neg } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise sine. x: f[...s] in radians → f[...s].   d sin(x) = cos(x)·dx */
export const sinP = elementwise({
  name: 'sin',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, cos(x))],
})
/** Elementwise sine of an angle in radians. Integers become float32. */
export const sin = (x: TensorLike): Tensor => bind1(sinP, [toFloat(x)], {})

/** Elementwise cosine. x: f[...s] in radians → f[...s].   d cos(x) = −sin(x)·dx */
export const cosP = elementwise({
  name: 'cos',
  takes: 'float',
  jvp: [(dx, [x]) => neg(mul(dx, sin(x)))],
})
/** Elementwise cosine of an angle in radians. Integers become float32. */
export const cos = (x: TensorLike): Tensor => bind1(cosP, [toFloat(x)], {})
