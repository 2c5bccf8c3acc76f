import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { div, mul } from './arithmetic.js'
import { toFloat } from './lift.js'
import { square } from './square.js'

/** Elementwise cube root. x: f[...s] → f[...s].   d ∛x = dx/(3·∛x²) */
export const cbrtP = definePrimitive<NoParams>({
  name: 'cbrt',
  abstractEval: elementwiseShape('cbrt', 'float'),
  jvp: [(dx, _xs, y) => div(dx, mul(square(y), 3))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('cbrt'),
})
/** ∛x, of negative numbers too. Integers become float32. */
export const cbrt = (x: TensorLike): Tensor => bind1(cbrtP, [toFloat(x)], {})
