import type { SomeAxes } from '../../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { stopGradient } from '../../ops/control/stopGradient.js'
import { div, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { exp } from '../../ops/elementwise/exp.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { log } from '../../ops/elementwise/log.js'
import { reduceMax } from '../../ops/reductions/reduceExtremum.js'
import { reduceWith, sum } from '../numpy/reductions.js'

export type SoftmaxOptions = SomeAxes

/** x minus its greatest element. The results do not depend on that, so it is a constant to differentiation. */
const shifted = (name: string, x: TensorLike, axis: number | readonly number[]): Tensor => {
  const t = toFloat(x)
  return sub(t, stopGradient(reduceWith(name, t, { axis, keepdims: true }, reduceMax)))
}

/**
 * eˣ / Σ eˣ along an axis, the last by default, without overflow.   d = y·(dx − Σ y·dx)
 * @example
 * ```ts
 * nn.softmax(np.array([1000, 1000])) // => [0.5, 0.5]
 * ```
 */
export const softmax = (x: TensorLike, ...options: AxisOptions<SoftmaxOptions>): Tensor => {
  const { axis = -1 } = axisOptionsOf('softmax', 'axis', options)
  const e = exp(shifted('softmax', x, axis))
  // one division for all elements of a sum
  return mul(e, div(1, sum(e, { axis, keepdims: true })))
}

/**
 * x − log Σ eˣ along an axis, the last by default, without overflow.   d = dx − Σ softmax(x)·dx
 * @example
 * ```ts
 * nn.logSoftmax(np.array([0, 0])) // => [-0.693147, -0.693147]
 * ```
 */
export const logSoftmax = (x: TensorLike, ...options: AxisOptions<SoftmaxOptions>): Tensor => {
  const { axis = -1 } = axisOptionsOf('logSoftmax', 'axis', options)
  const t = shifted('logSoftmax', x, axis)
  return sub(t, log(sum(exp(t), { axis, keepdims: true })))
}
