import { callForEffect } from './callbacks.js'
import { displayName } from './treeFunction.js'

/**
 * Calls `f` whenever this point is reached, with tensors that have values, also under `jit` and in loops: once for each run
 * of a loop's body, for each lane of `vmap` in turn where an argument differs between them, once for the values (and not
 * for derivatives) under `grad`. Such calls keep their order, and none is left out. A `remat` that
 * computes its function again calls again; where lanes of a `vmap` differ in the branch they take, or in when their loop
 * ends, every branch and run is computed, and calls, for all lanes.
 * @example
 * ```ts
 * import * as debug from 'grad-ts/debug'
 *
 * const seen: number[] = []
 * const f = jit((x: Tensor) => {
 *   debug.callback((y: Tensor) => seen.push(y.item()), x.mul(2))
 *   return x
 * })
 * f(3)
 * f(4)
 * seen // => [6, 8]
 * ```
 */
export const callback = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void =>
  callForEffect(displayName('debug.callback', f), f, args)
