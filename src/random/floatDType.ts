import type { Tensor, TensorLike } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import type { DType } from '../ir/dtype.js'
import { DTypeError } from '../ir/errors.js'
import { asType } from '../ops/elementwise/lift.js'

/** Element types that continuous distributions are drawn in. */
export type FloatDType = Extract<DType, 'float32' | 'float64'>

/** The options of continuous distributions. */
export type FloatOptions = { readonly dtype?: FloatDType }

/** The value as a tensor of exactly this dtype; a JS number is rounded once. @internal */
export const inDType = (x: TensorLike, dtype: DType): Tensor => asType('random', x, dtype)

/** A tensor's dtype, if it is a float. @internal */
export const requireFloat = (operation: string, x: Tensor): FloatDType => {
  if (x.dtype === 'float32' || x.dtype === 'float64') return x.dtype
  throw new DTypeError(
    `${operation}: float32 or float64 is required, got ${formatAval(x.aval)}. Convert with astype.`,
  )
}

/** Smallest positive normal number. @internal */
export const tiny: Record<FloatDType, number> = {
  float32: 1.1754943508222875e-38,
  float64: 2.2250738585072014e-308,
}
