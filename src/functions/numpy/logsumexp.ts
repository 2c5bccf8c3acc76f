import type { AxisOptions } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { stopGradient } from '../../ops/control/stopGradient.js'
import { add, sub } from '../../ops/elementwise/arithmetic.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { exp } from '../../ops/elementwise/exp.js'
import { isFinite } from '../../ops/elementwise/isFinite.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { log } from '../../ops/elementwise/log.js'
import { select } from '../../ops/elementwise/select.js'
import { reshape } from '../../ops/movement/reshape.js'
import { reduceMax } from '../../ops/reductions/reduceExtremum.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'
import { reduceOptions, reduceWith } from './reductions.js'

/**
 * log Σ exp(x) over axes, all by default, without overflow.   d = Σ softmax(x)·dx
 *
 * The greatest element is taken out before exp. The result does not depend on it, so it is a constant to
 * differentiation. Where all elements are −∞ (or there are none) the result is −∞ and the derivative 0.
 * @example
 * ```ts
 * np.logsumexp(np.array([1000, 1000])) // => 1000.693
 * np.logsumexp(np.array([-Infinity, -Infinity])).item() === -Infinity // => true
 * ```
 */
export const logsumexp = (x: TensorLike, ...given: AxisOptions<ReduceOptions>): Tensor => {
  const options = reduceOptions('logsumexp', given)
  const t = toFloat(x)
  const greatest = stopGradient(reduceWith('logsumexp', t, { ...options, keepdims: true }, reduceMax))
  // infinite ones are not subtracted: ∞ − ∞ is NaN
  const shift = select(isFinite(greatest), greatest, zerosLike(greatest))
  const total = reduceWith('logsumexp', exp(sub(t, shift)), options, reduceSum)
  const empty = eq(total, 0)
  const value = add(log(select(empty, fullLike(total, 1), total)), reshape(shift, total.shape))
  return select(empty, fullLike(total, Number.NEGATIVE_INFINITY), value)
}
