import { mean } from '../../functions/numpy/reductions.js'
import type { Tensor } from '../../graph/tensor.js'
import { add, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { rsqrt } from '../../ops/elementwise/sqrt.js'
import { square } from '../../ops/elementwise/square.js'

/** Mean and (biased) variance over some axes, which stay with size 1. */
export type Statistics = { readonly mean: Tensor; readonly variance: Tensor }

/** @internal */
export const statistics = (x: Tensor, axis: readonly number[]): Statistics => {
  const m = mean(toFloat(x), { axis, keepdims: true })
  return { mean: m, variance: mean(square(sub(x, m)), { axis, keepdims: true }) }
}

/** (x − mean)/√(variance + eps) @internal */
export const standardize = (x: Tensor, { mean, variance }: Statistics, eps: number): Tensor =>
  mul(sub(x, mean), rsqrt(add(variance, eps)))
