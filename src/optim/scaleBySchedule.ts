import type { Tensor, TensorLike } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { mul } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { kindOf, toTensor } from '../ops/elementwise/lift.js'
import {
  type CountState,
  type GradientTransformation,
  increment,
  transformation,
  zeroCount,
} from './gradientTransformation.js'
import { perDType } from './moments.js'

/**
 * Multiplies by a function of the number of updates before this one: u_t ← factor(t)·g_t, t = 0, 1, ….
 * @param factor gets t as a scalar of each leaf's dtype, so that float64 updates get float64 factors; it is
 *   traced, so it chooses by `where`, not by `if`
 * @example
 * ```ts
 * const opt = optim.scaleBySchedule((t) => t.add(1))
 * const [first, state] = opt.update(np.array([1]), opt.init(np.array([0])))
 * const [second] = opt.update(np.array([1]), state)
 * second.toArray() // => [2]
 * ```
 */
export const scaleBySchedule = (
  factor: (count: Tensor) => TensorLike,
): GradientTransformation<readonly [CountState]> =>
  transformation<CountState>({
    name: 'scaleBySchedule',
    init: () => ({ count: zeroCount() }),
    update(updates, { count }) {
      const now = perDType((dtype) => factor(convert(count, dtype)))
      const scaled = tree.map((u) => {
        const { dtype } = toTensor(u)
        const f = now(dtype)
        return mul(u, kindOf(f) === null ? convert(toTensor(f), dtype) : f)
      }, updates)
      return [scaled, { count: increment(count) }]
    },
  })
