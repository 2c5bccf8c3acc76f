import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { add, div, mul } from '../../ops/elementwise/arithmetic.js'
import { clamp } from '../../ops/elementwise/clamp.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { cos } from '../../ops/elementwise/trigonometric.js'

/**
 * A hyperparameter as a function of the number of updates before this one: t = 0 at the first. Takes a JS number or
 * a scalar tensor, traced or not; gives a scalar in the tensor's dtype, or float32.
 */
export type Schedule = (count: TensorLike) => Tensor

/** The count as a float. @internal */
export const time = (count: TensorLike): Tensor => toFloat(count)

/** (t − begin) / steps, held between 0 and 1. @internal */
export const progress = (count: TensorLike, begin: number, steps: number): Tensor =>
  clamp(0, div(add(time(count), -begin), steps), 1)

/** From `start` to `end` along half a cosine wave. @internal */
export const cosineBetween = (start: number, end: number, fraction: Tensor): Tensor =>
  add(mul(add(cos(mul(fraction, Math.PI)), 1), (start - end) / 2), end)

/** @throws GradError unless positive. @internal */
export const requireSteps = (operation: string, name: string, steps: number): void => {
  if (!(steps > 0)) throw new GradError(`${operation}: ${name} > 0 is required, got ${steps}.`)
}
