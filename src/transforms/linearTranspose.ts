import { unflatten } from '../graph/pytree.js'
import { instantiate, zerosLike } from '../ops/rules/rules.js'
import { derive } from './derive.js'
import { traceAt } from './numberArguments.js'
import { transposeAt } from './transposeGraph.js'
import { displayName, flatFunction, flattenReals, flattenTensors, requireFloats } from './treeFunction.js'
import { fitCotangents } from './vjp.js'

/**
 * The transpose of a linear function: a function from cotangents of its result to cotangents of its arguments. The
 * primals serve for their shapes and dtypes only. An affine function loses its constant.
 * @throws MissingRuleError where the function is not linear
 * @throws DTypeError where an argument is not a float
 * @example
 * ```ts
 * const f = (x: Tensor) => np.stack([x, x.mul(3)])
 * linearTranspose(f, np.zeros([]))(np.array([1, 10])) // => [31]
 * ```
 */
export const linearTranspose = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): ((ct: R) => A) => {
  const xs = flattenReals(primals)
  const name = displayName('linearTranspose', f)
  requireFloats(name, xs, 'Close over what is not linear.')
  const flat = flatFunction(name, f, xs.def)
  const { graph, captures } = traceAt(name, xs.leaves, flat.call)
  const outs = graph.outputs.map(zerosLike)
  return (ct) => {
    const cts = fitCotangents(name, outs, flat.outDef(), flattenTensors(ct))
    const back = transposeAt(graph, [...captures, ...xs.leaves.map(() => null)], cts, derive)
    return unflatten<A>(xs.def, back.map(instantiate))
  }
}
