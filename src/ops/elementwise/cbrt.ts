import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { div, mul } from './arithmetic.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

/** Elementwise cube root. x: f[...s] → f[...s].   d ∛x = dx/(3·∛x²) */
export const cbrtP = elementwise({
  name: 'cbrt',
  takes: 'float',
  jvp: [(dx, _xs, y) => div(dx, mul(square(y), 3))],
})
/** ∛x, also for negative x. Integers become float32. */
export const cbrt = (x: TensorLike): Tensor => bind1(cbrtP, [toFloat(x)], {})
