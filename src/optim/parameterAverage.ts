import { optionsOf } from '../graph/options.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { isFloat } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { add, div, mul, neg, sub } from '../ops/elementwise/arithmetic.js'
import { eq, gt } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { expm1 } from '../ops/elementwise/exp.js'
import { asType } from '../ops/elementwise/lift.js'
import { maximum } from '../ops/elementwise/maximum.js'
import { pow } from '../ops/elementwise/pow.js'
import { where } from '../ops/elementwise/select.js'
import { mapAlike } from './alike.js'
import { increment, zeroCount } from './gradientTransformation.js'
import { requireDecay } from './hyperparameters.js'
import { filledLike, perDType } from './moments.js'

/** The number of averaged parameters, i32[], and their average, ready for use: a tree like the parameters. */
export type ParameterAverageState<P> = { readonly count: Tensor; readonly average: P }

/** An average of parameters over time, kept beside them by a pair of pure functions. */
export interface ParameterAverage {
  /** The average of no parameters yet: zeros. */
  init<P>(params: P): ParameterAverageState<P>
  /** The average including these parameters. @throws TreeMismatchError where they differ in structure from those of `init` */
  update<P>(state: ParameterAverageState<P>, params: P): ParameterAverageState<P>
}

export type ParameterAverageOptions = {
  /** Whether weights are divided by their sum (true). If not, the first parameters keep a weight of decayᵗ⁻¹: PyTorch's average. */
  readonly debias?: boolean
  /** Less decay at first, in place of `debias`: 1 − (1 + (t − 1)/gamma)^−power until that reaches `decay`; gamma (1), power (2/3). */
  readonly warmup?: { readonly gamma?: number; readonly power?: number }
}

/**
 * Exponential moving average of parameters, for evaluation: a ← a + w·(p − a), from a = p at t = 1, where
 *
 * - w = (1 − decay)/(1 − decayᵗ): Adam's correction of bias, which makes a the mean of p weighted by decay^age; the default;
 * - w = 1 − decay with `debias: false`: PyTorch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`;
 * - w = max(1 − decay, t^(−2/3)) with `warmup: {}`: timm's `ModelEmaV3` with `use_warmup`.
 *
 * Constant parameters are their own average, bit for bit. Leaves other than floats (counters of batches) are not
 * averaged: the newest is kept. This goes beside an optimiser, after `applyUpdates`; `ema` is a piece of one and smooths its
 * updates. Call it once an update: under `multiSteps`, not every batch.
 * @param decay in [0, 1)
 * @throws GradError where decay, gamma or power are out of range, or both `debias` and `warmup` are asked for
 * @see Polyak and Juditsky, Acceleration of stochastic approximation by averaging (1992); Kingma and Ba, Adam (2015),
 *   section 7.2; https://pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema; timm, `timm/utils/model_ema.py`
 * @example
 * ```ts
 * const averaging = optim.parameterAverage(0.5)
 * const first = averaging.update(averaging.init({ w: np.array([0]) }), { w: np.array([1]) })
 * const second = averaging.update(first, { w: np.array([4]) })
 * first.average.w.toArray() // => [1]
 * second.average.w.toArray() // => [3]
 * ```
 */
export const parameterAverage = (decay: number, given?: ParameterAverageOptions): ParameterAverage => {
  const options = optionsOf('parameterAverage', 'debias warmup', given)
  requireDecay('parameterAverage', 'decay', decay)
  const weightAt = newestWeight(decay, options)
  return {
    init: <P>(params: P) => ({ count: zeroCount(), average: filledLike(params, 0) as P }),
    update<P>(state: ParameterAverageState<P>, params: P) {
      const count = increment(state.count)
      const weight = perDType((dtype) => weightAt(convert(count, dtype)))
      const move = (a: Tensor, value: Tensor): Tensor => {
        const p = asType('parameterAverage', value, a.dtype)
        // The newest counter, as a copy: the parameters' own memory may be donated to their next step.
        if (!isFloat(a.dtype)) return where(gt(count, 0), p, a)
        return where(eq(count, 1), p, add(a, mul(sub(p, a), weight(a.dtype))))
      }
      return { count, average: mapAlike('parameterAverage', move, state.average, params) }
    },
  }
}

/** w as a function of t = 1, 2, …, a scalar of some float dtype. */
const newestWeight = (
  decay: number,
  { debias, warmup }: ParameterAverageOptions,
): ((t: Tensor) => TensorLike) => {
  if (warmup === undefined) {
    // 1 − decayᵗ as −expm1(t·ln decay): float32 powers of 0.999 would lose four digits at t = 1.
    return debias === false || decay === 0
      ? () => 1 - decay
      : (t) => div(1 - decay, neg(expm1(mul(t, Math.log(decay)))))
  }
  const { gamma = 1, power = 2 / 3 } = optionsOf('parameterAverage: warmup', 'gamma power', warmup)
  if (debias !== undefined)
    throw new GradError(
      `parameterAverage: debias or warmup is required, got both. Leave out debias: a warm-up begins without bias.`,
    )
  if (!(gamma > 0 && power > 0))
    throw new GradError(
      `parameterAverage: gamma > 0 and power > 0 are required, got gamma ${gamma} and power ${power}.`,
    )
  return (t) => maximum(pow(add(div(add(t, -1), gamma), 1), -power), 1 - decay)
}
