import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise exponential. x: f[...s] → f[...s].   d eˣ = eˣ·dx */
export const expP = elementwise({
  name: 'exp',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, y)],
})
/** eˣ. Integers become float32. */
export const exp = (x: TensorLike): Tensor => bind1(expP, [toFloat(x)], {})

/** Elementwise eˣ − 1, exact near 0.   d (eˣ − 1) = eˣ·dx (from x: y + 1 would cancel where x ≪ 0) */
export const expm1P = elementwise({
  name: 'expm1',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, exp(x))],
})
/** eˣ − 1, exact near 0. Integers become float32. */
export const expm1 = (x: TensorLike): Tensor => bind1(expm1P, [toFloat(x)], {})
