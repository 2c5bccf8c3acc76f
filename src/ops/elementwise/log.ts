import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { add, div } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise natural logarithm. x: f[...s] → f[...s].   d log(x) = dx/x */
export const logP = definePrimitive<NoParams>({
  name: 'log',
  abstractEval: elementwiseShape('log', 'float'),
  jvp: [(dx, [x]) => div(dx, x)],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('log'),
})
/** Natural logarithm. Integers become float32. */
export const log = (x: TensorLike): Tensor => bind1(logP, [toFloat(x)], {})

/** Elementwise log(1 + x), exact near 0.   d log(1 + x) = dx/(1 + x) */
export const log1pP = definePrimitive<NoParams>({
  name: 'log1p',
  abstractEval: elementwiseShape('log1p', 'float'),
  jvp: [(dx, [x]) => div(dx, add(x, 1))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('log1p'),
})
/** log(1 + x), exact near 0. Integers become float32. */
export const log1p = (x: TensorLike): Tensor => bind1(log1pP, [toFloat(x)], {})
