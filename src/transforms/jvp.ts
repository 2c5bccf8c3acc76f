import { type Tangent, Zero } from '../graph/primitive.js'
import { requireSameTree, unflatten } from '../graph/pytree.js'
import { Concrete, type Tensor } from '../graph/tensor.js'
import type { Traced } from '../graph/trace.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { ShapeError } from '../ir/errors.js'
import { convert } from '../ops/elementwise/convert.js'
import { instantiate } from '../ops/rules/rules.js'
import { derive } from './derive.js'
import { jvpInterpret } from './jvpGraph.js'
import { traceAt } from './numberArguments.js'
import { displayName, flatFunction, flattenReals, flattenTensors, type TensorTree } from './treeFunction.js'

/** Tangents fitted to primals of the same structure; integers have none. */
export const fitTangents = (
  operation: string,
  primals: TensorTree,
  tangents: TensorTree,
): readonly Tangent[] => {
  requireSameTree(operation, primals.def, tangents.def)
  return primals.leaves.map((x, i) => {
    const t = tangents.leaves[i]
    if (!sameShape(x.shape, t.shape)) {
      throw new ShapeError(
        `${operation}: a tangent of shape and dtype ${formatAval(x.aval)} is required, got ${formatAval(t.aval)} at ${primals.paths[i]}.`,
      )
    }
    const { dtype, weakType } = x.aval
    return isFloat(dtype) ? convert(t, dtype, weakType) : new Zero(x.aval)
  })
}

/** Values that were computed while tracing, if no outer trace depends on them. */
export const reusable = (traced: Traced, args: readonly Tensor[]) =>
  [...traced.captures, ...args].every((t) => t instanceof Concrete) ? traced.memo : undefined

/**
 * Forward mode: `f(primals)` and the derivative in the direction of `tangents`, in one evaluation.
 * @throws TreeMismatchError, ShapeError where tangents do not match primals
 * @example
 * ```ts
 * jvp((x: Tensor) => x.mul(x), [3], [1]) // => [9, 6]
 * ```
 */
export const jvp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: A,
  tangents: A,
): [R, R] => {
  const given = flattenReals(primals)
  const name = displayName('jvp', f)
  const flat = flatFunction(name, f, given.def)
  const traced = traceAt(name, given.leaves, flat.call, given.leaves)
  const xs = { ...given, leaves: traced.leaves }
  const dxs = fitTangents('jvp', xs, flattenTensors(tangents))
  const duals = [
    ...traced.captures.map((primal) => ({ primal, tangent: new Zero(primal.aval) })),
    ...xs.leaves.map((primal, i) => ({ primal, tangent: dxs[i] })),
  ]
  const outs = jvpInterpret('jvp', traced.graph, duals, derive, reusable(traced, xs.leaves))
  return [
    unflatten<R>(
      flat.outDef(),
      outs.map((d) => d.primal),
    ),
    unflatten<R>(
      flat.outDef(),
      outs.map((d) => instantiate(d.tangent)),
    ),
  ]
}
