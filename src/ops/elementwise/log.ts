import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, div } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise natural logarithm. x: f[...s] → f[...s].   d log(x) = dx/x */
export const logP = elementwise({
  name: 'log',
  takes: 'float',
  jvp: [(dx, [x]) => div(dx, x)],
})
/** Natural logarithm. Integers become float32. */
export const log = (x: TensorLike): Tensor => bind1(logP, [toFloat(x)], {})

/** Elementwise log(1 + x), exact near 0.   d log(1 + x) = dx/(1 + x) */
export const log1pP = elementwise({
  name: 'log1p',
  takes: 'float',
  jvp: [(dx, [x]) => div(dx, add(x, 1))],
})
/** log(1 + x), exact near 0. Integers become float32. */
export const log1p = (x: TensorLike): Tensor => bind1(log1pP, [toFloat(x)], {})
