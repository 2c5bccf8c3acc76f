import { splat } from '../../graph/tensor.js'
import { storedValue } from '../../ir/dtype.js'
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
  (count) => {
    const { aval } = time(count)
    return splat(storedValue(aval.dtype, value), aval)
  }
