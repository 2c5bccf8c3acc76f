import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, mul } from './arithmetic.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

/** Elementwise tangent. x: f[...s] in radians → f[...s].   d tan(x) = (1 + tan²(x))·dx */
export const tanP = elementwise({
  name: 'tan',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, add(square(y), 1))],
})
/** Elementwise tangent of an angle in radians. Integers become float32. */
export const tan = (x: TensorLike): Tensor => bind1(tanP, [toFloat(x)], {})
