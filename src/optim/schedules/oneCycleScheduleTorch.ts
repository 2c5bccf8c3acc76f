import { optionsOf } from '../../graph/options.js'
import { le } from '../../ops/elementwise/comparison.js'
import { where } from '../../ops/elementwise/select.js'
import { cosineBetween, progress, requireSteps, type Schedule, time } from './schedule.js'

type OneCycleTorchOptions = {
  readonly peak: number
  readonly steps: number
  readonly warmupFraction?: number
  readonly startDivisor?: number
  readonly endDivisor?: number
}

/**
 * One cycle as PyTorch's `OneCycleLR` counts it: up from peak/startDivisor until t = warmupFraction·steps − 1, which need not
 * be whole, then down to peak/(startDivisor·endDivisor) at t = steps − 1, the last update; both along half a cosine wave. It
 * stays there, where PyTorch refuses to go on. `oneCycleSchedule` is Optax's, with both turns one update later.
 * @param options `steps`: updates in all; `warmupFraction` (0.3), `startDivisor` (25), `endDivisor` (1e4)
 * @throws GradError unless 1 < warmupFraction·steps < steps
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html; Smith and Topin,
 *   Super-convergence: very fast training of neural networks using large learning rates (2018)
 * @example
 * ```ts
 * const rate = optim.oneCycleScheduleTorch({ peak: 1, steps: 100 })
 * rate(0).item() // => 0.04
 * rate(29).item() // => 1
 * rate(99).item() // => 0.000004
 * ```
 */
export const oneCycleScheduleTorch = (options: OneCycleTorchOptions): Schedule => {
  const {
    peak,
    steps,
    warmupFraction = 0.3,
    startDivisor = 25,
    endDivisor = 1e4,
  } = optionsOf('oneCycleScheduleTorch', 'peak steps warmupFraction startDivisor endDivisor', options)
  const turn = warmupFraction * steps - 1
  requireSteps('oneCycleScheduleTorch', 'warmupFraction * steps - 1', turn)
  requireSteps('oneCycleScheduleTorch', '(1 - warmupFraction) * steps', steps - 1 - turn)
  const start = peak / startDivisor
  return (count) =>
    where(
      le(time(count), turn),
      cosineBetween(start, peak, progress(count, 0, turn)),
      cosineBetween(peak, start / endDivisor, progress(count, turn, steps - 1 - turn)),
    )
}
