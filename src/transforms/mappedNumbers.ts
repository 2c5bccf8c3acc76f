import { requireSameTree, unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { convert } from '../ops/elementwise/convert.js'
import { kindOf } from '../ops/elementwise/lift.js'
import { traceBody } from './scan.js'
import { flattenReals, flattenTensors, requireFloats, type TensorTree } from './treeFunction.js'

/**
 * The float leaves of a tree that `f` maps to another of its structure. JS numbers take the type that `f` gives them, as in
 * carries of loops.
 * @throws DTypeError where a leaf is not a float; TreeMismatchError, ShapeError where f changes the structure or shape
 */
export const mappedFloats = <T>(name: string, x: T, f: (x: T) => T, hint: string): TensorTree => {
  const xs = flattenReals(x)
  requireFloats(name, xs, hint)
  const body = (args: readonly Tensor[]) => {
    const out = flattenTensors(f(unflatten<T>(xs.def, args)))
    requireSameTree(name, xs.def, out.def)
    return { carried: out.leaves, rest: [] }
  }
  const leaves = xs.leaves.some((t) => kindOf(t) !== null) ? traceBody(name, xs, [], body).init : xs.leaves
  return { ...xs, leaves: leaves.map((t) => convert(t, t.dtype, false)) }
}
