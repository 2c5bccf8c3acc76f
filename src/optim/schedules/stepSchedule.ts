import { optionsOf } from '../../graph/options.js'
import { add, div, mul } from '../../ops/elementwise/arithmetic.js'
import { pow } from '../../ops/elementwise/pow.js'
import { floor } from '../../ops/elementwise/rounding.js'
import { requireSteps, type Schedule, time } from './schedule.js'

type StepOptions = { readonly every: number; readonly gamma?: number }

/**
 * `initial`, times `gamma` after every `every` updates: initial·gamma^⌊t/every⌋. PyTorch's `StepLR`.
 * @param options `every`: updates between changes; `gamma` (0.1)
 * @example
 * ```ts
 * const rate = optim.stepSchedule(1, { every: 10, gamma: 0.5 })
 * rate(9).item() // => 1
 * rate(20).item() // => 0.25
 * ```
 */
export const stepSchedule = (initial: number, options: StepOptions): Schedule => {
  const { every, gamma = 0.1 } = optionsOf('stepSchedule', 'every gamma', options)
  requireSteps('stepSchedule', 'every', every)
  // The half keeps a quotient that a device rounds down from losing a whole step.
  return (count) => mul(pow(gamma, floor(div(add(time(count), 0.5), every))), initial)
}
