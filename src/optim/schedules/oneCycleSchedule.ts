import { optionsOf } from '../../graph/options.js'
import { lt } from '../../ops/elementwise/comparison.js'
import { where } from '../../ops/elementwise/select.js'
import { cosineBetween, progress, requireSteps, type Schedule, time } from './schedule.js'

type OneCycleOptions = {
  readonly peak: number
  readonly steps: number
  readonly warmupFraction?: number
  readonly startDivisor?: number
  readonly endDivisor?: number
}

/**
 * Up from peak/startDivisor to `peak` in the first `warmupFraction` of the updates, then down to
 * peak/(startDivisor·endDivisor), both along half a cosine wave. Optax's `cosine_onecycle_schedule`;
 * `oneCycleScheduleTorch` is PyTorch's `OneCycleLR`, with both turns one update earlier.
 * @param options `steps`: updates in all; `warmupFraction` (0.3), `startDivisor` (25), `endDivisor` (1e4)
 * @see Smith and Topin, Super-convergence: very fast training of neural networks using large learning rates (2018)
 * @example
 * ```ts
 * const rate = optim.oneCycleSchedule({ peak: 1, steps: 100 })
 * rate(30).item() // => 1
 * ```
 */
export const oneCycleSchedule = (options: OneCycleOptions): Schedule => {
  const {
    peak,
    steps,
    warmupFraction = 0.3,
    startDivisor = 25,
    endDivisor = 1e4,
  } = optionsOf('oneCycleSchedule', 'peak steps warmupFraction startDivisor endDivisor', options)
  const turn = Math.floor(warmupFraction * steps)
  requireSteps('oneCycleSchedule', 'warmupFraction * steps', turn)
  requireSteps('oneCycleSchedule', '(1 - warmupFraction) * steps', steps - turn)
  const start = peak / startDivisor
  return (count) =>
    where(
      lt(time(count), turn),
      cosineBetween(start, peak, progress(count, 0, turn)),
      cosineBetween(peak, start / endDivisor, progress(count, turn, steps - turn)),
    )
}
