import { nanChecks } from '../passes/nanChecks.js'
import { checkResults } from './compile.js'

/**
 * Turns the search for NaN on or off, for everything from now on: see `debug.nans`.
 */
export const setNans = (enabled: boolean): void => {
  checkResults(enabled ? nanChecks : null)
}

/**
 * Runs `body`, where any operation and any jitted function whose result has a NaN throws. A jitted function is then run
 * once more, operation by operation, loops and branches included, to find the first that made one: the error names it
 * and the line that asked for it. NaN that a `where` leaves out of the result is none.
 * @throws NaNError
 * @example
 * ```ts
 * import * as debug from 'grad-ts/debug'
 *
 * const f = jit((x: Tensor) => np.log(x).mul(2))
 * f(np.array([1, -1])) // => [0, NaN]
 * debug.nans(() => f(np.array([1, -1]))) // => throws NaNError: log
 * ```
 */
export const nans = <T>(body: () => T): T => {
  const before = checkResults(nanChecks)
  try {
    return body()
  } finally {
    checkResults(before)
  }
}
