import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { apply, constant } from '../../ir/expr.js'
import { elementwise, pointwise } from '../rules/elementwise.js'
import { elementwiseShape } from '../rules/rules.js'
import { mul } from './arithmetic.js'
import { toFloat } from './lift.js'

/** Elementwise log |Γ(x)|.   d log |Γ(x)| = ψ(x)·dx */
export const lgammaP = elementwise({
  name: 'lgamma',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, digamma(x))],
})
/** log |Γ(x)|. Integers become float32. */
export const lgamma = (x: TensorLike): Tensor => bind1(lgammaP, [toFloat(x)], {})

/** Elementwise ψ(x) = d log Γ(x)/dx.   d ψ(x) = ψ⁽¹⁾(x)·dx */
export const digammaP = elementwise({
  name: 'digamma',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, polygamma(1, x))],
})
/** ψ(x), the logarithmic derivative of Γ. Integers become float32. */
export const digamma = (x: TensorLike): Tensor => bind1(digammaP, [toFloat(x)], {})

export type PolygammaParams = { readonly order: number }

/** Elementwise ψ⁽ⁿ⁾(x), the n-th derivative of ψ, n ≥ 1.   d ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁺¹⁾(x)·dx */
export const polygammaP = definePrimitive<PolygammaParams>({
  name: 'polygamma',
  abstractEval: ([x], { order }) => {
    if (!Number.isInteger(order) || order < 1) {
      throw new GradError(
        `polygamma: an integral order of at least 1 is required, got ${order}. For order 0, use digamma.`,
      )
    }
    return elementwiseShape('polygamma', 'float')([x])
  },
  jvp: [(dx, [x], _y, { order }) => mul(dx, polygamma(order + 1, x))],
  ...pointwise,
  lower: ([a], { order }) => ({
    kind: 'elementwise',
    values: ([x]) => [apply('polygamma', [constant(order, a.dtype), x])],
  }),
})
/** ψ⁽ⁿ⁾(x): the digamma function at n = 0, its n-th derivative at n ≥ 1. Integers in x become float32. */
export const polygamma = (n: number, x: TensorLike): Tensor =>
  n === 0 ? digamma(x) : bind1(polygammaP, [toFloat(x)], { order: n })
