import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { apply } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape } from '../rules/rules.js'
import { mul } from './arithmetic.js'
import { toTensor } from './lift.js'

/** Elementwise square.   d x² = 2x·dx */
export const squareP = definePrimitive<NoParams>({
  name: 'square',
  abstractEval: elementwiseShape('square', 'number'),
  jvp: [(dx, [x]) => mul(dx, mul(x, 2))],
  ...pointwise,
  lower: () => ({ kind: 'elementwise', values: ([x]) => [apply('mul', [x, x])] }),
})
/** x². */
export const square = (x: TensorLike): Tensor => bind1(squareP, [toTensor(x)], {})
