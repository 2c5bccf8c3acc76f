import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { apply, compare, constant, type Expr, select } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape } from '../rules/rules.js'
import { align } from './lift.js'

/** Whether a distance is within the word: 0 ≤ n < 32. Machines disagree on what lies beyond. */
const withinWord = (n: Expr): Expr => compare('lt', apply('bitcast', [n], 'uint32'), constant(32, 'uint32'))

/** x·2ⁿ modulo 2³²; 0 for distances outside 0 … 31. */
export const shiftLeftP = definePrimitive<NoParams>({
  name: 'shiftLeft',
  abstractEval: elementwiseShape('shiftLeft', 'integer'),
  jvp: 'zero',
  ...pointwise,
  lower: () => ({
    kind: 'elementwise',
    values: ([x, n]) => [select(withinWord(n), apply('shiftLeft', [x, n]), constant(0, x.dtype))],
  }),
})
/** Bits moved up by n, zeros following, broadcast. */
export const shiftLeft = (x: TensorLike, n: TensorLike): Tensor =>
  bind1(shiftLeftP, align('shiftLeft', [x, n]), {})

/** Bits moved down, zeros following; 0 for distances outside 0 … 31. */
export const shiftRightLogicalP = definePrimitive<NoParams>({
  name: 'shiftRightLogical',
  abstractEval: elementwiseShape('shiftRightLogical', 'integer'),
  jvp: 'zero',
  ...pointwise,
  lower: () => ({
    kind: 'elementwise',
    values: ([x, n]) => [select(withinWord(n), apply('shiftRightLogical', [x, n]), constant(0, x.dtype))],
  }),
})
/** Bits moved down by n, zeros following, broadcast. */
export const shiftRightLogical = (x: TensorLike, n: TensorLike): Tensor =>
  bind1(shiftRightLogicalP, align('shiftRightLogical', [x, n]), {})

/** Bits moved down, the top one following; as a shift by 31 for distances outside 0 … 31. */
export const shiftRightArithmeticP = definePrimitive<NoParams>({
  name: 'shiftRightArithmetic',
  abstractEval: elementwiseShape('shiftRightArithmetic', 'integer'),
  jvp: 'zero',
  ...pointwise,
  lower: () => ({
    kind: 'elementwise',
    values: ([x, n]) => [apply('shiftRightArithmetic', [x, select(withinWord(n), n, constant(31, n.dtype))])],
  }),
})
/** Bits moved down by n, the top one following, broadcast. */
export const shiftRightArithmetic = (x: TensorLike, n: TensorLike): Tensor =>
  bind1(shiftRightArithmeticP, align('shiftRightArithmetic', [x, n]), {})
