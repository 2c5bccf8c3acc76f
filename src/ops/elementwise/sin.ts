import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { mul, neg } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise sine. x: f[...s] in radians → f[...s].   d sin(x) = cos(x)·dx */
export const sinP = definePrimitive<NoParams>({
  name: 'sin',
  abstractEval: elementwiseShape('sin', 'float'),
  jvp: [(dx, [x]) => mul(dx, cos(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('sin'),
})
/** Elementwise sine of an angle in radians. Integers become float32. */
export const sin = (x: TensorLike): Tensor => bind1(sinP, [toFloat(x)], {})

/** Elementwise cosine. x: f[...s] in radians → f[...s].   d cos(x) = −sin(x)·dx */
export const cosP = definePrimitive<NoParams>({
  name: 'cos',
  abstractEval: elementwiseShape('cos', 'float'),
  jvp: [(dx, [x]) => neg(mul(dx, sin(x)))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('cos'),
})
/** Elementwise cosine of an angle in radians. Integers become float32. */
export const cos = (x: TensorLike): Tensor => bind1(cosP, [toFloat(x)], {})
