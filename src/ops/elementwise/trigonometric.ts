import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, mul, neg } from './arithmetic.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

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

/** Elementwise tangent. x: f[...s] in radians → f[...s].   d tan(x) = (1 + tan²(x))·dx */
export const tanP = elementwise({
  name: 'tan',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, add(square(y), 1))],
})
/** Elementwise tangent of an angle in radians. Integers become float32. */
export const tan = (x: TensorLike): Tensor => bind1(tanP, [toFloat(x)], {})
