import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { mul } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise exponential. x: f[...s] → f[...s].   d eˣ = eˣ·dx */
export const expP = definePrimitive<NoParams>({
  name: 'exp',
  abstractEval: elementwiseShape('exp', 'float'),
  jvp: [(dx, _xs, y) => mul(dx, y)],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('exp'),
})
/** eˣ. Integers become float32. */
export const exp = (x: TensorLike): Tensor => bind1(expP, [toFloat(x)], {})

/** Elementwise eˣ − 1, exact near 0.   d (eˣ − 1) = eˣ·dx (from x: y + 1 would cancel where x ≪ 0) */
export const expm1P = definePrimitive<NoParams>({
  name: 'expm1',
  abstractEval: elementwiseShape('expm1', 'float'),
  jvp: [(dx, [x]) => mul(dx, exp(x))],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('expm1'),
})
/** eˣ − 1, exact near 0. Integers become float32. */
export const expm1 = (x: TensorLike): Tensor => bind1(expm1P, [toFloat(x)], {})
