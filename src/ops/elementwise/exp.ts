import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul, sub } from './arithmetic.js'
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

/** Elementwise logistic function y = 1/(1 + e^(−x)).   d y = y·(1 − y)·dx */
export const sigmoidP = elementwise({
  name: 'sigmoid',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, mul(y, sub(1, y)))],
})
/** 1/(1 + e^(−x)), without overflow. Integers become float32. */
export const sigmoid = (x: TensorLike): Tensor => bind1(sigmoidP, [toFloat(x)], {})
