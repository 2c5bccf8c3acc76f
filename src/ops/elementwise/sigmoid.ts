import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul, sub } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise logistic function y = 1/(1 + e^(−x)).   d y = y·(1 − y)·dx */
export const sigmoidP = elementwise({
  name: 'sigmoid',
  takes: 'float',
  jvp: [(dx, _xs, y) => mul(dx, mul(y, sub(1, y)))],
})
/** 1/(1 + e^(−x)), without overflow. Integers become float32. */
export const sigmoid = (x: TensorLike): Tensor => bind1(sigmoidP, [toFloat(x)], {})
