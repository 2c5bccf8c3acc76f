import { optionsOf } from '../../graph/options.js'
import { div, mul } from '../../ops/elementwise/arithmetic.js'
import { pow } from '../../ops/elementwise/pow.js'
import { requireSteps, type Schedule, time } from './schedule.js'

/**
 * initial·decay^(t/steps). PyTorch's `ExponentialLR` for steps = 1.
 * @param decay factor for every `steps` updates
 * @param options `steps` (1)
 * @example
 * ```ts
 * optim.exponentialSchedule(8, 0.5)(2).item() // => 2
 * ```
 */
export const exponentialSchedule = (
  initial: number,
  decay: number,
  options?: { readonly steps?: number },
): Schedule => {
  const { steps = 1 } = optionsOf('exponentialSchedule', 'steps', options)
  requireSteps('exponentialSchedule', 'steps', steps)
  requireSteps('exponentialSchedule', 'decay', decay)
  return (count) => mul(pow(decay, div(time(count), steps)), initial)
}
