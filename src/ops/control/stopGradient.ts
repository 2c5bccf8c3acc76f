import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import * as tree from '../../graph/tree.js'
import { isFloat } from '../../ir/dtype.js'
import { toTensor } from '../elementwise/lift.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape } from '../rules/rules.js'

/** x itself, as a constant to differentiation.   d stopGradient(x) = 0 */
export const stopGradientP = definePrimitive<NoParams>({
  name: 'stopGradient',
  abstractEval: elementwiseShape('stopGradient', 'any'),
  jvp: 'zero',
  ...pointwise,
  lower: () => ({ kind: 'elementwise', values: ([x]) => [x] }),
})
/**
 * A tensor, or all leaves of a tree, through which no derivative passes.
 * @example
 * ```ts
 * grad((x: Tensor) => stopGradient({ a: x }).a.mul(x))(3) // => 3
 * ```
 */
export const stopGradient = <T>(values: T): T extends TensorLike ? Tensor : T =>
  tree.map((leaf: TensorLike) => {
    const t = toTensor(leaf)
    return isFloat(t.dtype) ? bind1(stopGradientP, [t], {}) : t
  }, values) as T extends TensorLike ? Tensor : T
