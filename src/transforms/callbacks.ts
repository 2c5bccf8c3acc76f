import { requireSameTree, type TreeDef, unflatten } from '../graph/pytree.js'
import { HostRef } from '../graph/structuralKey.js'
import { splat, type Tensor, type TensorLike } from '../graph/tensor.js'
import { requireSynchronous } from '../graph/trace.js'
import { type Aval, aval, formatAval, sameShape } from '../ir/aval.js'
import { DTypeError, ShapeError } from '../ir/errors.js'
import { bindCallback, debugCallbackP, pureCallbackP } from '../ops/control/callback.js'
import { convert } from '../ops/elementwise/convert.js'
import { ShapeDType } from './makeGraph.js'
import { displayName, flattenTensors } from './treeFunction.js'

/** Calls `f` with the values of the arguments for its effects; the call stays in every graph. @internal */
export const callForEffect = <A extends readonly unknown[]>(
  name: string,
  f: (...args: A) => unknown,
  args: A,
): void => {
  const { leaves, def } = flattenTensors(args)
  const hook = (values: readonly Tensor[]): readonly Tensor[] => {
    requireSynchronous(name, f(...unflatten<A>(def, values)))
    return []
  }
  bindCallback(debugCallbackP, leaves, { name, hook: new HostRef(name, hook), lanes: [], results: [] })
}

/** A tree of tensors or of `ShapeDType`, with tensors at the leaves. */
export type TensorsOf<T> = T extends ShapeDType | TensorLike ? Tensor : { [K in keyof T]: TensorsOf<T[K]> }

/**
 * A function that JavaScript computes, as an operation: `f` is called with tensors that have values (`x.toArray()` and JS
 * control flow work) and returns a tree like `result`: tensors, or `ShapeDType`, whose shapes and dtypes alone matter.
 * It must depend on its arguments alone: it may be called more or less often than it is written. Under `vmap` it is
 * called for each lane in turn. It has no derivative, unless `customJvp` or `customVjp` gives it one.
 * @throws ShapeError, DTypeError, TreeMismatchError where the result of `f` is not like `result`
 * @example
 * ```ts
 * const median = (x: Tensor) => {
 *   const sorted = (x.toArray() as number[]).sort((a, b) => a - b)
 *   return np.array(sorted[sorted.length >> 1])
 * }
 * const f = jit((x: Tensor) => pureCallback(median, np.zeros([]), x).mul(2))
 * f(np.array([5, 1, 3])) // => 6
 * ```
 */
export const pureCallback = <A extends readonly unknown[], R>(
  f: (...args: A) => unknown,
  result: R,
  ...args: A
): TensorsOf<R> => {
  const name = displayName('pureCallback', f)
  const xs = flattenTensors(args)
  const wanted = resultForm(result)
  const hook = (values: readonly Tensor[]): readonly Tensor[] => {
    const out: unknown = f(...unflatten<A>(xs.def, values))
    requireSynchronous(name, out)
    const flat = flattenTensors(out)
    requireSameTree(`${name}: results`, wanted.def, flat.def)
    return flat.leaves.map((t, i) => fitted(name, t, wanted.avals[i], flat.paths[i]))
  }
  const params = { name, hook: new HostRef(name, hook), lanes: [], results: wanted.avals }
  return unflatten<TensorsOf<R>>(wanted.def, bindCallback(pureCallbackP, xs.leaves, params))
}

/** The structure, shapes and dtypes of a form. */
const resultForm = (result: unknown): { readonly def: TreeDef; readonly avals: readonly Aval[] } => {
  const { leaves, def } = flattenTensors(withTensors(result))
  return { def, avals: leaves.map((t) => aval(t.shape, t.dtype)) }
}

/** `ShapeDType` stands for a tensor. */
const withTensors = (form: unknown): unknown => {
  if (form instanceof ShapeDType) return splat(0, form.aval)
  if (Array.isArray(form)) return form.map(withTensors)
  if (typeof form !== 'object' || form === null || Object.getPrototypeOf(form) !== Object.prototype)
    return form
  return Object.fromEntries(Object.entries(form).map(([key, value]) => [key, withTensors(value)]))
}

/** @throws ShapeError, DTypeError unless t is as promised; a weakly typed number takes the dtype */
const fitted = (name: string, t: Tensor, wanted: Aval, path: string): Tensor => {
  const where = path === '' ? 'result' : `result at ${path}`
  if (!sameShape(t.shape, wanted.shape)) {
    throw new ShapeError(
      `${name}: a ${where} of ${formatAval(wanted)} is required, got ${formatAval(t.aval)}. Say so in the result's form.`,
    )
  }
  if (t.dtype !== wanted.dtype && !t.aval.weakType) {
    throw new DTypeError(
      `${name}: a ${where} of ${formatAval(wanted)} is required, got ${formatAval(t.aval)}. Convert with astype.`,
    )
  }
  return convert(t, wanted.dtype)
}
