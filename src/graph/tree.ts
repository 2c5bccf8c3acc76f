import { TreeMismatchError } from '../ir/errors.js'
import {
  flatten,
  type Leaf,
  leafCount,
  unflatten as rebuild,
  requireSameTree,
  type TreeDef,
} from './pytree.js'
import type { Tensor } from './tensor.js'

export { registerNode, type TreeDef } from './pytree.js'

/** A tree of the same shape as `T` with every leaf of type `U`. */
export type MapLeaves<T, U> = T extends Leaf
  ? U
  : T extends readonly unknown[] | object
    ? { [K in keyof T]: MapLeaves<T[K], U> }
    : T

/** The leaves in order: arrays by index, objects by sorted key. */
export const leaves = (tree: unknown): readonly Leaf[] => flatten(tree).leaves

/**
 * The leaves of a tree, and its structure.
 * @example
 * ```ts
 * const [leaves, def] = tree.flatten({ a: np.array([1]), b: [2, 3] })
 * leaves.length // => 3
 * tree.unflatten(def, [10, 20, 30]) // => { a: 10, b: [20, 30] }
 * ```
 */
const flattened = (tree: unknown): readonly [leaves: readonly Leaf[], def: TreeDef] => {
  const { leaves, def } = flatten(tree)
  return [leaves, def]
}

export { flattened as flatten }

/** The structure alone. */
export const structure = (tree: unknown): TreeDef => flatten(tree).def

/** Paths of the leaves, `layers.0.weight`. */
export const paths = (tree: unknown): readonly string[] => flatten(tree).paths

/** Rebuilds a tree from its structure and leaves. @throws TreeMismatchError on a wrong number of leaves. */
export const unflatten = <T>(def: TreeDef, values: readonly unknown[]): T => rebuild<T>(def, values)

/**
 * Applies `f` to corresponding leaves of trees of one structure.
 * @throws TreeMismatchError with the path where they differ
 * @example
 * ```ts
 * tree.map((a, b) => a + b, { x: 1, y: [2] }, { x: 10, y: [20] }) // => { x: 11, y: [22] }
 * ```
 */
export const map = <T, L extends Leaf = Tensor, U = L>(
  f: (...leaves: L[]) => U,
  tree: T,
  ...rest: readonly T[]
): T => mapWithPath<T, L, U>((_, ...ls) => f(...ls), tree, ...rest)

/** `map` whose function also gets the leaf's path. */
export const mapWithPath = <T, L extends Leaf = Tensor, U = L>(
  f: (path: string, ...leaves: L[]) => U,
  tree: T,
  ...rest: readonly T[]
): T => {
  const first = flatten(tree)
  const others = rest.map((t) => {
    const flat = flatten(t)
    requireSameTree('tree.map', first.def, flat.def)
    return flat.leaves
  })
  return rebuild<T>(
    first.def,
    first.leaves.map((leaf, i) => f(first.paths[i], ...([leaf, ...others.map((o) => o[i])] as L[]))),
  )
}

/** Folds the leaves from the left. */
export const reduce = <A, L extends Leaf = Tensor>(f: (acc: A, leaf: L) => A, init: A, tree: unknown): A =>
  (flatten(tree).leaves as readonly L[]).reduce(f, init)

/**
 * A list of trees of one structure as one tree of lists (`outer` is the list's structure, `inner` the trees').
 * @example
 * ```ts
 * tree.transpose(tree.structure([0, 0]), tree.structure({ a: 0 }), [{ a: 1 }, { a: 2 }]) // => { a: [1, 2] }
 * ```
 */
export const transpose = <T>(outer: TreeDef, inner: TreeDef, tree: unknown): T => {
  const flat = flatten(tree).leaves
  const width = leafCount(inner)
  const rows = width === 0 ? 0 : flat.length / width
  if (!Number.isInteger(rows)) {
    throw new TreeMismatchError(
      `tree.transpose: a multiple of ${width} leaves is required, got ${flat.length}.`,
    )
  }
  return rebuild<T>(
    inner,
    Array.from({ length: width }, (_, c) =>
      rebuild(
        outer,
        Array.from({ length: rows }, (_, r) => flat[r * width + c]),
      ),
    ),
  )
}
