import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import type { DType, Weakness } from '../../ir/dtype.js'
import { apply } from '../../ir/expr.js'
import { scalarOp } from '../../ir/scalar.js'
import { only } from '../rules/rules.js'

export type ConvertParams = { readonly dtype: DType; readonly weakType: Weakness }

/**
 * Change of dtype. Float → int truncates and saturates, NaN → 0; number → bool is `x ≠ 0`.
 * d convert(x) = convert(dx) between floats, none otherwise.
 */
export const convertP = definePrimitive<ConvertParams>({
  name: 'convert',
  abstractEval: ([x], { dtype, weakType }) => [aval(x.shape, dtype, weakType)],
  jvp: [(dx, _xs, _y, { dtype, weakType }) => convert(dx, dtype, weakType)],
  linearize: 'fromJvp',
  // beside float64, the derivative by a JS number is float64
  transpose: (cts, [{ aval: to }]) => {
    const ct = only(cts)
    return [convert(ct, to.dtype, ct.dtype === 'float64' && to.weakType === 'fraction' ? true : to.weakType)]
  },
  batch: 'elementwise',
  lower: (_avals, { dtype }) => ({ kind: 'elementwise', values: (args) => [apply('convert', args, dtype)] }),
})

/** x as another dtype; x itself if it has that dtype already. */
export const convert = (x: Tensor, dtype: DType, weakType: Weakness = false): Tensor => {
  const from = x.aval.dtype
  if (from === dtype && x.aval.weakType === weakType) return x
  const value = splatValue(x)
  if (value !== null)
    return splat(scalarOp('convert', from, dtype)(value, 0, 0), aval(x.shape, dtype, weakType))
  return bind1(convertP, [x], { dtype, weakType })
}
