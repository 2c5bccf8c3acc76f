import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { apply, constant } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape, zerosLike } from '../rules/rules.js'
import { le } from './comparison.js'
import { toTensor } from './lift.js'
import { select } from './select.js'

/**
 * Elementwise y = max(x, 0); NaN stays.   d relu = dx where y > 0, none elsewhere
 *
 * A primitive for the sake of that rule: it reads the result, so that x need not be kept for the backward pass.
 */
export const reluP = definePrimitive<NoParams>({
  name: 'relu',
  abstractEval: elementwiseShape('relu', 'number'),
  // y ≤ 0 exactly where x ≤ 0; NaN lets dx through, as x does
  jvp: [(dx, _xs, y) => select(le(y, 0), zerosLike(dx), dx)],
  ...pointwise,
  lower: () => ({
    kind: 'elementwise',
    values: ([x]) => [apply('max', [x, constant(0, x.dtype)])],
  }),
})

/**
 * max(x, 0), elementwise; NaN stays.   d relu = dx where x > 0, none at 0 and below
 * @throws DTypeError for bool
 * @example
 * ```ts
 * nn.relu(np.array([-1, 0, 2])) // => [0, 0, 2]
 * grad(nn.relu)(np.array(0)) // => 0
 * ```
 */
export const relu = (x: TensorLike): Tensor => bind1(reluP, [toTensor(x)], {})
