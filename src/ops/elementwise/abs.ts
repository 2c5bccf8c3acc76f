import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { mul } from './arithmetic.js'
import { toTensor } from './lift.js'

/** Elementwise sign: −1, 0 or 1; NaN stays NaN.   d sign(x) = 0 */
export const signP = elementwise({
  name: 'sign',
  takes: 'number',
  jvp: 'zero',
})
/** −1, 0 or 1 by the sign of x. */
export const sign = (x: TensorLike): Tensor => bind1(signP, [toTensor(x)], {})

/** Elementwise magnitude.   d |x| = sign(x)·dx, which is 0 at x = 0 */
export const absP = elementwise({
  name: 'abs',
  takes: 'number',
  jvp: [(dx, [x]) => mul(dx, sign(x))],
})
/** |x|; bools stay as they are. */
export const abs = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return t.dtype === 'bool' ? t : bind1(absP, [t], {})
}
