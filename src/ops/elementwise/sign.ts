import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { toTensor } from './lift.js'

/** Elementwise sign: −1, 0 or 1; NaN stays NaN.   d sign(x) = 0 */
export const signP = elementwise({
  name: 'sign',
  takes: 'number',
  jvp: 'zero',
})
/** −1, 0 or 1 by the sign of x. */
export const sign = (x: TensorLike): Tensor => bind1(signP, [toTensor(x)], {})
