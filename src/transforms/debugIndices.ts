import { checkTracedIndices, tracedIndicesAreChecked } from './indexRange.js'

/** Turns the check of traced positions on or off, for everything from now on: see `debug.indices`. */
export const setIndices = (enabled: boolean): void => checkTracedIndices(enabled)

/**
 * Runs `body`; in it positions and class labels out of range throw even if they are traced or on a device. The error names
 * the operation and the line that asked for it. Operations with a `mode` are left alone. Jitted functions are traced again, with a
 * check of each position before it is used.
 * @throws IndexError
 * @example
 * ```ts
 * import * as debug from 'grad-ts/debug'
 *
 * const f = jit((x: Tensor, i: Tensor) => x.get(i))
 * const at = np.array(3, { dtype: 'int32' })
 * f(np.array([1, 2]), at) // => 2
 * debug.indices(() => f(np.array([1, 2]), at)) // => throws IndexError: get: indices from -2 to 1
 * ```
 */
export const indices = <T>(body: () => T): T => {
  const saved = tracedIndicesAreChecked()
  checkTracedIndices(true)
  try {
    return body()
  } finally {
    checkTracedIndices(saved)
  }
}
