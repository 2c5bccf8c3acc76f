import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { toTensor } from './lift.js'

/** Elementwise sign: −1, 0 or 1; NaN stays NaN.   d sign(x) = 0 */
export const signP = definePrimitive<NoParams>({
  name: 'sign',
  abstractEval: elementwiseShape('sign', 'number'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('sign'),
})
/** −1, 0 or 1 by the sign of x. */
export const sign = (x: TensorLike): Tensor => bind1(signP, [toTensor(x)], {})
