import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { align, kindOf, toFloat } from './lift.js'

/** `align`, for operations on real numbers: integer and bool tensors become float32 first. */
export const alignFloats = (name: string, xs: readonly TensorLike[]): readonly Tensor[] =>
  align(
    name,
    xs.map((x) => (kindOf(x) === null ? toFloat(x) : x)),
  )
