import { optionsOf } from '../../graph/options.js'
import { cosineBetween, progress, requireSteps, type Schedule } from './schedule.js'

/**
 * Down along half a cosine wave: end + (initial − end)·(1 + cos(π·min(t/steps, 1)))/2.
 * Optax's `cosine_decay_schedule`; PyTorch's `CosineAnnealingLR` up to t = steps, where that one begins to rise again.
 * @param steps after which `end` is reached
 * @param options `end` (0)
 * @see Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts (2017), equation 5
 * @example
 * ```ts
 * const rate = optim.cosineSchedule(1, 100)
 * rate(0).item() // => 1
 * rate(100).item() // => 0
 * ```
 */
export const cosineSchedule = (
  initial: number,
  steps: number,
  options?: { readonly end?: number },
): Schedule => {
  const { end = 0 } = optionsOf('cosineSchedule', 'end', options)
  requireSteps('cosineSchedule', 'steps', steps)
  return (count) => cosineBetween(initial, end, progress(count, 0, steps))
}
