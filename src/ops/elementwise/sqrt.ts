import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { div, mul } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise square root. x: f[...s] → f[...s].   d √x = ½·dx/√x */
export const sqrtP = elementwise({
  name: 'sqrt',
  takes: 'float',
  jvp: [(dx, _xs, y) => div(mul(dx, 0.5), y)],
})
/** √x. Integers become float32. */
export const sqrt = (x: TensorLike): Tensor => bind1(sqrtP, [toFloat(x)], {})

/** Elementwise reciprocal square root.   d x^(−½) = −½·x^(−½)/x·dx */
export const rsqrtP = elementwise({
  name: 'rsqrt',
  takes: 'float',
  jvp: [(dx, [x], y) => mul(dx, div(mul(y, -0.5), x))],
})
/** 1/√x. Integers become float32. */
export const rsqrt = (x: TensorLike): Tensor => bind1(rsqrtP, [toFloat(x)], {})
