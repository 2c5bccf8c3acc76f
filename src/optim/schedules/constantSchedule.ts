import { fullLike } from '../../ops/rules.js'
import { type Schedule, time } from './schedule.js'

/**
 * Always `value`.
 * @example
 * ```ts
 * optim.constantSchedule(0.5)(100).item() // => 0.5
 * ```
 */
export const constantSchedule =
  (value: number): Schedule =>
  (count) =>
    fullLike(time(count), value)
