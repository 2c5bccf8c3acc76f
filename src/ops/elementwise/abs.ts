import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { mul } from './arithmetic.js'
import { toTensor } from './lift.js'
import { sign } from './sign.js'

/** Elementwise magnitude.   d |x| = sign(x)·dx, which is 0 at x = 0 */
export const absP = definePrimitive<NoParams>({
  name: 'abs',
  abstractEval: elementwiseShape('abs', 'number'),
  jvp: [(dx, [x]) => mul(dx, sign(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('abs'),
})
/** |x|; bools stay as they are. */
export const abs = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return t.dtype === 'bool' ? t : bind1(absP, [t], {})
}
