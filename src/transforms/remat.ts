import { optionsOf } from '../graph/options.js'
import { unflatten } from '../graph/pytree.js'
import { bindRemat, type RematPolicy } from '../ops/control/remat.js'
import { traceAt } from './numberArguments.js'
import { displayName, flatFunction, flattenTensors } from './treeFunction.js'

export type RematOptions = {
  /** The values to keep all the same; none by default. */
  readonly policy?: RematPolicy
}

/**
 * `f`, whose derivative recomputes intermediate values instead of keeping them: it trades time for memory.
 * @example
 * ```ts
 * const f = remat((x: Tensor) => np.sin(np.sin(x)))
 * grad(f)(0) // => 1
 * ```
 * @see Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost" (2016)
 */
export const remat = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options?: RematOptions,
): ((...args: A) => R) => {
  const name = displayName('remat', f)
  const { policy = 'nothing' } = optionsOf(name, 'policy', options)
  const rematted = (...args: A): R => {
    const xs = flattenTensors(args)
    const flat = flatFunction(name, f, xs.def)
    const { graph, captures, leaves } = traceAt(name, xs.leaves, flat.call)
    return unflatten<R>(flat.outDef(), bindRemat([...captures, ...leaves], { graph, name, policy }))
  }
  return Object.defineProperty(rematted, 'name', { value: name })
}
