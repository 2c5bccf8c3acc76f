import { evalGraph } from '../graph/evaluate.js'
import { Holdings } from '../graph/holdings.js'
import { type Tangent, Zero } from '../graph/primitive.js'
import { requireSameTree, type TreeDef, unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { ShapeError } from '../ir/errors.js'
import { convert } from '../ops/elementwise/convert.js'
import { instantiate } from '../ops/rules/rules.js'
import { derive } from './derive.js'
import { fitTangents, reusable } from './jvp.js'
import { type LinearizedAt, linearizeAt } from './linearizeAt.js'
import { traceAt } from './numberArguments.js'
import { transposeAt } from './transposeGraph.js'
import {
  displayName,
  type FlatFunction,
  flatFunction,
  flattenReals,
  flattenTensors,
  type TensorTree,
} from './treeFunction.js'

/** A function of leaves linearized at a point. @internal */
export type Linearization = LinearizedAt & {
  readonly inputs: readonly Tensor[]
  readonly nonzeroIn: readonly boolean[]
  /** Holds the computed residuals. */
  readonly own: Holdings
}

/** Evaluates `flat` at the leaves and records its derivative with respect to the float ones. @internal */
export const linearizeFlat = (name: string, flat: FlatFunction, given: readonly Tensor[]): Linearization => {
  const traced = traceAt(name, given, flat.call, given)
  const inputs = traced.leaves
  const nonzeroIn = inputs.map((t) => isFloat(t.aval.dtype))
  const own = new Holdings()
  const at = linearizeAt(
    name,
    traced.graph,
    [...traced.captures, ...inputs],
    [...traced.captures.map(() => false), ...nonzeroIn],
    derive,
    reusable(traced, inputs),
    own,
  )
  return { ...at, inputs, nonzeroIn, own }
}

/**
 * Cotangents of the inputs for cotangents of the outputs. `own` frees the values that it holds; the linearization's own holdings
 * free the residuals too, if it is pulled back only once. @internal
 */
export const pullBack = (
  l: Linearization,
  cts: readonly Tangent[],
  own = new Holdings(),
): readonly Tangent[] => {
  const linearInputs = transposeAt(
    l.linear,
    [...l.residuals, ...l.nonzeroIn.filter(Boolean).map(() => null)],
    cts.filter((_, i) => l.nonzeroOut[i]),
    derive,
    own,
  )
  let next = 0
  return l.inputs.map((x, i) => (l.nonzeroIn[i] ? linearInputs[next++] : new Zero(x.aval)))
}

/**
 * `f(primals)` and its derivative there as a linear function of tangents, which costs no second evaluation.
 * @example
 * ```ts
 * const [y, push] = linearize((x: Tensor) => np.sin(x), 0)
 * y // => 0
 * push(2) // => 2
 * ```
 */
export const linearize = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): [R, (...tangents: A) => R] => {
  const xs = flattenReals(primals)
  const name = displayName('linearize', f)
  const flat = flatFunction(name, f, xs.def)
  const l = linearizeFlat(name, flat, xs.leaves)
  const push = (...tangents: A): R => {
    const dxs = fitTangents('linearize', { ...xs, leaves: l.inputs }, flattenTensors(tangents)).filter(
      (_, i) => l.nonzeroIn[i],
    )
    const moving = evalGraph(l.linear, [...l.residuals, ...dxs.map(instantiate)])
    let next = 0
    return unflatten<R>(
      flat.outDef(),
      l.outs.map((y, i) => (l.nonzeroOut[i] ? moving[next++] : instantiate(new Zero(y.aval)))),
    )
  }
  return [unflatten<R>(flat.outDef(), l.outs), push]
}

/** Cotangents fitted to outputs. @internal */
export const fitCotangents = (
  operation: string,
  outs: readonly Tensor[],
  def: TreeDef,
  cts: TensorTree,
): readonly Tangent[] => {
  requireSameTree(operation, def, cts.def)
  return outs.map((y, i) => {
    const ct = cts.leaves[i]
    if (!sameShape(y.shape, ct.shape)) {
      throw new ShapeError(
        `${operation}: a cotangent like the output, ${formatAval(y.aval)}, is required, got ${formatAval(ct.aval)}.`,
      )
    }
    const { dtype, weakType } = y.aval
    return isFloat(dtype) ? convert(ct, dtype, weakType) : new Zero(y.aval)
  })
}

/**
 * Reverse mode: `f(primals)` and the function that takes a cotangent of the result to cotangents of the
 * arguments. Integer arguments get zeros.
 * @example
 * ```ts
 * const [y, pull] = vjp((x: Tensor, w: Tensor) => x.mul(w), np.array(3), np.array(4))
 * pull(np.array(1)) // => [4, 3]
 * ```
 */
export const vjp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): [R, (ct: R) => A] => {
  const xs = flattenReals(primals)
  const name = displayName('vjp', f)
  const flat = flatFunction(name, f, xs.def)
  const l = linearizeFlat(name, flat, xs.leaves)
  const pull = (ct: R): A => {
    const cts = pullBack(l, fitCotangents('vjp', l.outs, flat.outDef(), flattenTensors(ct)))
    return unflatten<A>(xs.def, cts.map(instantiate))
  }
  return [unflatten<R>(flat.outDef(), l.outs), pull]
}
