import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { apply } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape, zerosLike } from '../rules/rules.js'
import { gt, le, lt } from './comparison.js'
import { align } from './lift.js'
import { and, or } from './logical.js'
import { select } from './select.js'

const onlyWhere = (condition: Tensor, dx: Tensor): Tensor => select(condition, dx, zerosLike(dx))

/**
 * min(max(x, low), high); NaN stays.   d clamp = dx inside and on the bounds, so that a parameter which starts on
 * one can leave it; d low where x < low (≤ high); d high where x > high, or the bounds cross.
 */
export const clampP = definePrimitive<NoParams>({
  name: 'clamp',
  abstractEval: elementwiseShape('clamp', 'number'),
  jvp: [
    // ∂low: 1 where x < low ≤ high
    (dLow, [low, x, high]) => onlyWhere(and(lt(x, low), le(low, high)), dLow),
    // ∂x: 1 where low ≤ x ≤ high; NaN lets dx through, as x does
    (dx, [low, x, high]) => select(or(lt(x, low), gt(x, high)), zerosLike(dx), dx),
    // ∂high: 1 where high < x, or high < low
    (dHigh, [low, x, high]) => onlyWhere(or(lt(high, x), lt(high, low)), dHigh),
  ],
  ...pointwise,
  lower: () => ({
    kind: 'elementwise',
    values: ([low, x, high]) => [apply('min', [apply('max', [x, low]), high])],
  }),
})
/** x, but at least `low` and at most `high`, broadcast; `high` where the bounds cross. */
export const clamp = (low: TensorLike, x: TensorLike, high: TensorLike): Tensor =>
  bind1(clampP, align('clamp', [low, x, high]), {})
