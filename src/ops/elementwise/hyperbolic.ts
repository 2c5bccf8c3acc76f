import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { add, mul, sub } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise hyperbolic sine.   d sinh(x) = cosh(x)·dx */
export const sinhP = definePrimitive<NoParams>({
  name: 'sinh',
  abstractEval: elementwiseShape('sinh', 'float'),
  jvp: [(dx, [x]) => mul(dx, cosh(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('sinh'),
})
/** Hyperbolic sine. Integers become float32. */
export const sinh = (x: TensorLike): Tensor => bind1(sinhP, [toFloat(x)], {})

/** Elementwise hyperbolic cosine.   d cosh(x) = sinh(x)·dx */
export const coshP = definePrimitive<NoParams>({
  name: 'cosh',
  abstractEval: elementwiseShape('cosh', 'float'),
  jvp: [(dx, [x]) => mul(dx, sinh(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('cosh'),
})
/** Hyperbolic cosine. Integers become float32. */
export const cosh = (x: TensorLike): Tensor => bind1(coshP, [toFloat(x)], {})

/** Elementwise hyperbolic tangent y.   d y = (1 − y²)·dx, factored: exact where y is near ±1 */
export const tanhP = definePrimitive<NoParams>({
  name: 'tanh',
  abstractEval: elementwiseShape('tanh', 'float'),
  jvp: [(dx, _xs, y) => mul(dx, mul(sub(1, y), add(y, 1)))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('tanh'),
})
/** Hyperbolic tangent. Integers become float32. */
export const tanh = (x: TensorLike): Tensor => bind1(tanhP, [toFloat(x)], {})
