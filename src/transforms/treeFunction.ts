import { describe } from '../graph/describe.js'
import { type FlatTree, flatten, type Leaf, type TreeDef, unflatten } from '../graph/pytree.js'
import { Tensor } from '../graph/tensor.js'
import { requireSynchronous } from '../graph/trace.js'
import { formatAval } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { DTypeError, GradError } from '../ir/errors.js'
import { asType, kindOf, numberTensor, toTensor } from '../ops/elementwise/lift.js'

/** A tree's leaves as tensors; JS numbers keep all their digits. */
export type TensorTree = Omit<FlatTree, 'leaves'> & { readonly leaves: readonly Tensor[] }

export const flattenTensors = (tree: unknown): TensorTree => {
  const flat = flatten(tree)
  return { ...flat, leaves: flat.leaves.map(leafTensor) }
}

const leafTensor = (leaf: Leaf): Tensor =>
  typeof leaf === 'number' ? numberTensor(leaf) : leaf instanceof Tensor ? leaf : toTensor(leaf)

/** As `flattenTensors`, for values to differentiate: JS numbers are then real, even if they are whole. */
export const flattenReals = (tree: unknown): TensorTree => {
  const flat = flattenTensors(tree)
  const real = (t: Tensor): Tensor => (kindOf(t) === null ? t : asType('number', t, 'float64', 'fraction'))
  return { ...flat, leaves: flat.leaves.map(real) }
}

/** A function of trees as a function of leaves; the structure of its result is known after a call. */
export type FlatFunction = {
  readonly call: (leaves: readonly Tensor[]) => readonly Tensor[]
  readonly outDef: () => TreeDef
}

/** `f` applied to the arguments of structure `def` (an array), flattened on both sides. */
export const flatFunction = <A extends readonly unknown[]>(
  name: string,
  f: (...args: A) => unknown,
  def: TreeDef,
): FlatFunction => {
  let out: TreeDef | null = null
  return {
    call: (leaves) => {
      const result = f(...unflatten<A>(def, leaves))
      requireSynchronous(name, result)
      const flat = flattenTensors(result)
      out = flat.def
      return flat.leaves
    },
    outDef: () => {
      if (out === null) throw new GradError(`internal: ${name} was not traced`)
      return out
    },
  }
}

/** The name of a transformed function in messages and traces, such as `jit(step)`. @throws GradError unless it is one */
export const displayName = (transform: string, f: { readonly name: string }): string => {
  if (typeof f !== 'function')
    throw new GradError(`${transform}: a function is required, got ${describe(f)}.`)
  return `${transform}(${f.name === '' ? 'anonymous' : f.name})`
}

/** @throws DTypeError unless every leaf is a float */
export const requireFloats = (operation: string, tree: TensorTree, hint: string): void => {
  tree.leaves.forEach((t, i) => {
    if (!isFloat(t.dtype)) {
      const path = tree.paths[i]
      throw new DTypeError(
        `${operation}: float leaves are required, got ${formatAval(t.aval)}${path === '' ? '' : ` at ${path}`}. ${hint}`,
      )
    }
  })
}
