import { requireSameTree, type TreeDef, unflatten } from '../graph/pytree.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { type Traced, trace } from '../graph/trace.js'
import { type Aval, compatible, formatAval, sameShape } from '../ir/aval.js'
import { commonType } from '../ir/dtype.js'
import { GradError, ShapeError } from '../ir/errors.js'
import { bindCond } from '../ops/control/cond.js'
import { ne } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { asType, toTensor } from '../ops/elementwise/lift.js'
import { shareCaptures } from './sharedCaptures.js'
import { displayName, flatFunction, flattenTensors } from './treeFunction.js'

/**
 * The branch that `index` names, applied to the arguments; an index out of range is clamped. Only that branch
 * runs, also backwards; under `vmap` with an index a lane, all run and each lane takes its own.
 * @throws ShapeError where the index is not an integer scalar, or the branches' results differ in shape
 * @throws TreeMismatchError where the branches' results differ in structure
 * @example
 * ```ts
 * switchCase(1, [(x: Tensor) => x.neg(), (x: Tensor) => x.mul(x)], np.array(3)) // => 9
 * ```
 */
export const switchCase = <A extends readonly unknown[], R>(
  index: TensorLike,
  branches: readonly ((...args: A) => R)[],
  ...args: A
): R => {
  const at = toTensor(index, 'int')
  if (at.ndim !== 0 || (at.dtype !== 'int32' && at.dtype !== 'uint32'))
    throw new ShapeError(`switchCase: an integer scalar is required as index, got ${formatAval(at.aval)}.`)
  return choose('switchCase', convert(at, 'int32'), branches, args)
}

/**
 * `whenTrue(...args)` or `whenFalse(...args)`. Only the one chosen runs, also backwards; under `vmap` with a
 * predicate a lane, both run, each lane takes its own, and no NaN of the other reaches its gradient.
 * @throws ShapeError where the predicate is not a scalar, or the branches' results differ in shape
 * @throws TreeMismatchError where the branches' results differ in structure
 * @example
 * ```ts
 * const f = (x: Tensor) => cond(x.greater(0), (y: Tensor) => np.log(y), (y: Tensor) => y.mul(0), x)
 * grad(f)(4) // => 0.25
 * grad(f)(-4) // => 0
 * ```
 */
export const cond = <A extends readonly unknown[], R>(
  predicate: TensorLike,
  whenTrue: (...args: A) => R,
  whenFalse: (...args: A) => R,
  ...args: A
): R => {
  const p = toTensor(predicate)
  if (p.ndim !== 0)
    throw new ShapeError(
      `cond: a scalar predicate is required, got ${formatAval(p.aval)}. Reduce it with all or any, or use where.`,
    )
  const index = convert(p.dtype === 'bool' ? p : ne(p, 0), 'int32')
  return choose('cond', index, [whenFalse, whenTrue], args)
}

const choose = <A extends readonly unknown[], R>(
  operation: string,
  index: Tensor,
  branches: readonly ((...args: A) => R)[],
  args: A,
): R => {
  if (branches.length === 0) throw new GradError(`${operation}: at least one branch is required, got none.`)
  const xs = flattenTensors(args)
  const avals = xs.leaves.map((t) => t.aval)
  const outDefs: TreeDef[] = []
  const traceAll = (types: readonly Aval[] | null): readonly Traced[] =>
    branches.map((branch) => {
      const name = displayName(operation, branch)
      const flat = flatFunction(name, branch, xs.def)
      return trace(name, avals, (leaves) => {
        const outs = flat.call(leaves)
        outDefs.push(flat.outDef())
        requireSameTree(`${operation}: results`, outDefs[0], flat.outDef())
        return types === null ? outs : outs.map((t, i) => asType(name, t, types[i].dtype, types[i].weakType))
      })
    })
  let traced = traceAll(null)
  const types = commonTypes(operation, traced)
  if (types !== null) traced = traceAll(types)
  const { captures, graphs } = shareCaptures(traced)
  return unflatten<R>(outDefs[0], bindCond(index, [...captures, ...xs.leaves], graphs))
}

/** The types that all branches can return; `null` if they do already. JS numbers take the others' type. */
const commonTypes = (operation: string, traced: readonly Traced[]): readonly Aval[] | null => {
  const outs = traced.map((t) => t.graph.outputs.map((a) => a.aval))
  const types = outs[0].map((first, i): Aval => {
    const all = outs.map((avals) => avals[i])
    const strong = all.filter((a) => !a.weakType)
    const wrong = all.find(
      (a) => !sameShape(a.shape, first.shape) || (!a.weakType && !compatible(a, strong[0])),
    )
    if (wrong !== undefined) {
      throw new ShapeError(
        `${operation}: results of one shape and dtype are required of all branches, got ${formatAval(first)} and ${formatAval(wrong)}.`,
      )
    }
    return { shape: first.shape, ...commonType(all) }
  })
  const settled = outs.every((avals) =>
    avals.every((a, i) => a.dtype === types[i].dtype && typeof a.weakType === typeof types[i].weakType),
  )
  return settled ? null : types
}
