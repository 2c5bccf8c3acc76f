import { splat, type Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { aval } from '../ir/aval.js'
import { type DType, storedValue } from '../ir/dtype.js'
import { add, div, mul, neg } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { expm1 } from '../ops/elementwise/exp.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { mapAlike } from './alike.js'

/** Makes a scalar once for each dtype that needs it. @internal */
export const perDType = <T>(make: (dtype: DType) => T): ((dtype: DType) => T) => {
  const made = new Map<DType, T>()
  return (dtype) => {
    const known = made.get(dtype)
    if (known !== undefined) return known
    const value = make(dtype)
    made.set(dtype, value)
    return value
  }
}

/** A tree like the parameters, of strongly typed tensors filled with one number. @internal */
export const filledLike = (params: unknown, value: number): unknown =>
  tree.map((leaf) => {
    const { shape, dtype } = toTensor(leaf).aval
    return splat(storedValue(dtype, value), aval(shape, dtype))
  }, params)

/** decay·average + (1 − decay)·value, leaf by leaf. @internal */
export const movingAverage = <P>(average: P, value: P, decay: number): P =>
  mapAlike('update', (a, v) => add(mul(a, decay), mul(v, 1 - decay)), average, value)

/**
 * A moving average that began at zero, after `count` steps, divided by the weight it has gathered:
 * average / (1 − decayᵗ). The weight is −expm1(t·ln decay), in the leaf's dtype: float32 powers of 0.999 would lose
 * four digits at t = 1.
 * @internal
 */
export const unbiased = <P>(average: P, decay: number, count: Tensor): P => {
  if (decay === 0) return average
  const weight = perDType((dtype) => neg(expm1(mul(convert(count, dtype), Math.log(decay)))))
  return tree.map((a) => div(a, weight(a.dtype)), average)
}
