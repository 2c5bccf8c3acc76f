import { optionsOf } from '../../graph/options.js'
import { le, lt } from '../../ops/elementwise/comparison.js'
import { where } from '../../ops/elementwise/select.js'
import { type Convention, isTorch } from '../hyperparameters.js'
import { cosineBetween, progress, requireSteps, type Schedule, time } from './schedule.js'

type OneCycleOptions = {
  readonly peak: number
  readonly steps: number
  readonly warmupFraction?: number
  readonly startDivisor?: number
  readonly endDivisor?: number
  /**
   * `'optax'` (the default): `cosine_onecycle_schedule`, whose peak is at ⌊warmupFraction·steps⌋ and end at `steps`.
   * `'torch'`: `OneCycleLR`, whose peak is at warmupFraction·steps − 1, which need not be whole, and end at steps − 1, the last
   * update. It stays there, where PyTorch refuses to go on.
   */
  readonly convention?: Convention
}

/**
 * Up from peak/startDivisor to `peak` in the first `warmupFraction` of the updates, then down to
 * peak/(startDivisor·endDivisor), both along half a cosine wave. Optax's, unless `convention` is `'torch'`.
 * @param options `steps`: updates in all; `warmupFraction` (0.3), `startDivisor` (25), `endDivisor` (1e4)
 * @throws GradError where `warmupFraction` leaves no update on one side of the peak, or the convention is unknown
 * @see Smith and Topin, Super-convergence: very fast training of neural networks using large learning rates (2018);
 *   https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 * @example
 * ```ts
 * const rate = optim.oneCycleSchedule({ peak: 1, steps: 100 })
 * rate(30).item() // => 1
 * const torch = optim.oneCycleSchedule({ peak: 1, steps: 100, convention: 'torch' })
 * torch(29).item() // => 1
 * torch(99).item() // => 0.000004
 * ```
 */
export const oneCycleSchedule = (options: OneCycleOptions): Schedule => {
  const name = 'oneCycleSchedule'
  const {
    peak,
    steps,
    warmupFraction = 0.3,
    startDivisor = 25,
    endDivisor = 1e4,
    convention = 'optax',
  } = optionsOf(name, 'peak steps warmupFraction startDivisor endDivisor convention', options)
  const torch = isTorch(name, convention)
  const turn = torch ? warmupFraction * steps - 1 : Math.floor(warmupFraction * steps)
  const rest = (torch ? steps - 1 : steps) - turn
  requireSteps(name, torch ? 'warmupFraction * steps - 1' : 'warmupFraction * steps', turn)
  requireSteps(name, '(1 - warmupFraction) * steps', rest)
  const start = peak / startDivisor
  const isUp = torch ? le : lt
  return (count) =>
    where(
      isUp(time(count), turn),
      cosineBetween(start, peak, progress(count, 0, turn)),
      cosineBetween(peak, start / endDivisor, progress(count, turn, rest)),
    )
}
