import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { div, mul } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise square root. x: f[...s] → f[...s].   d √x = ½·dx/√x */
export const sqrtP = definePrimitive<NoParams>({
  name: 'sqrt',
  abstractEval: elementwiseShape('sqrt', 'float'),
  jvp: [(dx, _xs, y) => div(mul(dx, 0.5), y)],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('sqrt'),
})
/** √x. Integers become float32. */
export const sqrt = (x: TensorLike): Tensor => bind1(sqrtP, [toFloat(x)], {})

/** Elementwise reciprocal square root.   d x^(−½) = −½·x^(−½)/x·dx */
export const rsqrtP = definePrimitive<NoParams>({
  name: 'rsqrt',
  abstractEval: elementwiseShape('rsqrt', 'float'),
  jvp: [(dx, [x], y) => mul(dx, div(mul(y, -0.5), x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('rsqrt'),
})
/** 1/√x. Integers become float32. */
export const rsqrt = (x: TensorLike): Tensor => bind1(rsqrtP, [toFloat(x)], {})
