import { bind1 } from '../../graph/bind.js'
import type { NoParams, Primitive } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { isFloat } from '../../ir/dtype.js'
import { elementwise } from '../rules/elementwise.js'
import { toTensor } from './lift.js'

/** Whole numbers round to themselves. */
const rounded = (primitive: Primitive<NoParams>, x: TensorLike): Tensor => {
  const t = toTensor(x)
  return isFloat(t.dtype) ? bind1(primitive, [t], {}) : t
}

/** Elementwise greatest whole number ≤ x.   d floor(x) = 0 */
export const floorP = elementwise({
  name: 'floor',
  takes: 'float',
  jvp: 'zero',
})
/** The greatest whole number ≤ x. Integers stay as they are. */
export const floor = (x: TensorLike): Tensor => rounded(floorP, x)

/** Elementwise least whole number ≥ x.   d ceil(x) = 0 */
export const ceilP = elementwise({
  name: 'ceil',
  takes: 'float',
  jvp: 'zero',
})
/** The least whole number ≥ x. Integers stay as they are. */
export const ceil = (x: TensorLike): Tensor => rounded(ceilP, x)

/** Elementwise nearest whole number, halves to the even one.   d round(x) = 0 */
export const roundP = elementwise({
  name: 'round',
  takes: 'float',
  jvp: 'zero',
})
/** The nearest whole number, halves to the even one. Integers stay as they are. */
export const round = (x: TensorLike): Tensor => rounded(roundP, x)
