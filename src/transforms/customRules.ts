import { builderStack } from '../graph/builder.js'
import {
  broadcastPrefix,
  flatten,
  isLeaf,
  type Leaf,
  leafCount,
  requireSameTree,
  type TreeDef,
  unflatten,
} from '../graph/pytree.js'
import { HostRef } from '../graph/structuralKey.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { GradError, ShapeError } from '../ir/errors.js'
import { bindCustomJvp, type JvpFunction } from '../ops/control/customJvp.js'
import { type BackwardFunction, bindCustomVjp, type ForwardFunction } from '../ops/control/customVjp.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { zerosLike } from '../ops/rules/rules.js'
import { displayName, type FlatFunction, flatFunction, flattenTensors } from './treeFunction.js'

/** The leaves of a rule's result; `null` in it stands for zeros in all leaves below. */
const leavesOf = (operation: string, def: TreeDef, result: unknown): readonly (Leaf | null)[] => {
  const flat = flatten(result)
  if (flat.leaves.length < leafCount(def))
    return broadcastPrefix(operation, result, def, (x): x is Leaf | null => x === null || isLeaf(x))
  requireSameTree(operation, def, flat.def)
  return flat.leaves
}

/** Leaves of a rule's result, of the structure and shapes that they are derivatives of. */
const fitted = (
  name: string,
  what: string,
  def: TreeDef,
  like: readonly Tensor[],
  result: unknown,
): readonly Tensor[] => {
  return leavesOf(`${name}: ${what}`, def, result).map((leaf, i) => {
    if (leaf === null) return zerosLike(like[i])
    const t = toTensor(leaf)
    if (!sameShape(t.shape, like[i].shape))
      throw new ShapeError(
        `${name}: ${what} ${formatAval(like[i].aval)} is required, got ${formatAval(t.aval)}.`,
      )
    const { dtype, weakType } = like[i].aval
    return isFloat(dtype) ? convert(t, dtype, weakType) : zerosLike(like[i])
  })
}

const requirePair = (name: string, what: string, result: unknown): readonly [unknown, unknown] => {
  if (Array.isArray(result) && result.length === 2) return [result[0], result[1]]
  throw new GradError(`${name}: ${what} is required as a pair, got something else.`)
}

/** Outside of any trace no rule is needed: the function is called as it is, and nothing is traced. */
const runPlainly = <R>(flat: FlatFunction, leaves: readonly Tensor[]): R => {
  const outs = flat.call(leaves)
  return unflatten<R>(flat.outDef(), outs)
}

/**
 * `f` with the caller's derivative: `rule(args, tangents)` returns results and their tangents, which
 * must be linear in the tangents. It holds under every transform; reverse mode transposes it.
 * @throws GradError where `f` closes over a value that is being differentiated
 * @example
 * ```ts
 * const cube = customJvp((x: Tensor) => x.mul(x).mul(x), ([x], [dx]) => [x.mul(x).mul(x), dx.mul(x).mul(x).mul(3)])
 * grad(cube)(np.array(2)) // => 12
 * ```
 */
export const customJvp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  rule: (primals: A, tangents: A) => [R, R],
): ((...args: A) => R) => {
  const name = displayName('customJvp', f)
  return (...args) => {
    const xs = flattenTensors(args)
    const flat = flatFunction(name, f, xs.def)
    if (builderStack().length === 0) return runPlainly<R>(flat, xs.leaves)
    const { graph, captures } = trace(
      name,
      xs.leaves.map((t) => t.aval),
      flat.call,
    )
    const flatRule: JvpFunction = (primals, tangents) => {
      const result = rule(unflatten<A>(xs.def, primals), unflatten<A>(xs.def, tangents))
      const [out, tangent] = requirePair(name, 'results and tangents', result)
      const outs = flattenTensors(out)
      requireSameTree(`${name}: results`, flat.outDef(), outs.def)
      return { outs: outs.leaves, tangents: fitted(name, 'a tangent', outs.def, outs.leaves, tangent) }
    }
    const params = { name, graph, captures: captures.length, rule: new HostRef(name, flatRule) }
    return unflatten<R>(flat.outDef(), bindCustomJvp([...captures, ...xs.leaves], params))
  }
}

/**
 * `f` with the caller's reverse rule: `forward(...args)` returns the result and residuals,
 * `backward(residuals, ct)` the cotangents of the arguments, `null` where they are zero (as for integers). Forward mode
 * refuses it by name.
 * @throws GradError where `f` closes over a value that is being differentiated
 * @example
 * ```ts
 * const clipped = customVjp((x: Tensor) => x, (x: Tensor) => [x, null] as [Tensor, null], (_, ct) => [ct.clip(-1, 1)])
 * grad((x: Tensor) => clipped(x).mul(5))(2) // => 1
 * ```
 */
export const customVjp = <A extends readonly unknown[], R, S>(
  f: (...args: A) => R,
  forward: (...args: A) => [R, S],
  backward: (residuals: S, ct: R) => { readonly [K in keyof A]: A[K] | null },
): ((...args: A) => R) => {
  const name = displayName('customVjp', f)
  return (...args) => {
    const xs = flattenTensors(args)
    const flat = flatFunction(name, f, xs.def)
    if (builderStack().length === 0) return runPlainly<R>(flat, xs.leaves)
    const { graph, captures } = trace(
      name,
      xs.leaves.map((t) => t.aval),
      flat.call,
    )
    let residualDef: TreeDef | null = null
    const flatForward: ForwardFunction = (primals) => {
      const [out, residuals] = requirePair(
        name,
        'a result and residuals',
        forward(...unflatten<A>(xs.def, primals)),
      )
      const outs = flattenTensors(out)
      requireSameTree(`${name}: results`, flat.outDef(), outs.def)
      const kept = flattenTensors(residuals)
      residualDef = kept.def
      return { outs: outs.leaves, residuals: kept.leaves }
    }
    const flatBackward: BackwardFunction = (residuals, cts) => {
      if (residualDef === null) throw new GradError(`internal: ${name} ran backwards before forwards`)
      const grads = backward(unflatten<S>(residualDef, residuals), unflatten<R>(flat.outDef(), cts))
      return fitted(name, 'a cotangent', xs.def, xs.leaves, grads)
    }
    const params = {
      name,
      graph,
      captures: captures.length,
      forward: new HostRef(name, flatForward),
      backward: new HostRef(name, flatBackward),
    }
    return unflatten<R>(flat.outDef(), bindCustomVjp([...captures, ...xs.leaves], params))
  }
}
