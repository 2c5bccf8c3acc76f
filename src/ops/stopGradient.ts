import { bind1 } from '../graph/bind.js'
import { isFloat } from '../graph/dtype.js'
import { definePrimitive, type NoParams } from '../graph/primitive.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { toTensor } from './lift.js'
import { elementwiseShape } from './rules.js'

/** x itself, as a constant to differentiation.   d stopGradient(x) = 0 */
export const stopGradientP = definePrimitive<NoParams>({
  name: 'stopGradient',
  abstractEval: elementwiseShape('stopGradient', 'any'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: () => ({ kind: 'elementwise', values: ([x]) => [x] }),
})
/** x, through which no derivative passes. */
export const stopGradient = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return isFloat(t.dtype) ? bind1(stopGradientP, [t], {}) : t
}
