import { bind1 } from '../../graph/bind.js'
import type { Primitive } from '../../graph/primitive.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { isFloat } from '../../ir/dtype.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { toTensor } from './lift.js'

/** Whole numbers already are what they round to. */
const rounded = (primitive: Primitive<NoParams>, x: TensorLike): Tensor => {
  const t = toTensor(x)
  return isFloat(t.dtype) ? bind1(primitive, [t], {}) : t
}

/** Elementwise greatest whole number ≤ x.   d floor(x) = 0 */
export const floorP = definePrimitive<NoParams>({
  name: 'floor',
  abstractEval: elementwiseShape('floor', 'float'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('floor'),
})
/** The greatest whole number ≤ x. Integers stay as they are. */
export const floor = (x: TensorLike): Tensor => rounded(floorP, x)

/** Elementwise least whole number ≥ x.   d ceil(x) = 0 */
export const ceilP = definePrimitive<NoParams>({
  name: 'ceil',
  abstractEval: elementwiseShape('ceil', 'float'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('ceil'),
})
/** The least whole number ≥ x. Integers stay as they are. */
export const ceil = (x: TensorLike): Tensor => rounded(ceilP, x)

/** Elementwise nearest whole number, halves to the even one.   d round(x) = 0 */
export const roundP = definePrimitive<NoParams>({
  name: 'round',
  abstractEval: elementwiseShape('round', 'float'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('round'),
})
/** The nearest whole number, halves to the even one. Integers stay as they are. */
export const round = (x: TensorLike): Tensor => rounded(roundP, x)
