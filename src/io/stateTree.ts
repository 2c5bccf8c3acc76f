import * as E from 'fp-ts/lib/Either.js'
import { assertHostArray, type HostArray, type NamedArrays, showArrayType } from '../formats/namedArray.js'
import { GradError } from '../ir/errors.js'

/**
 * The content of a checkpoint: nested plain objects and arrays, with host arrays, numbers and booleans at the leaves;
 * `null` and `undefined` are empty places.
 */
export type StateTree =
  | HostArray
  | number
  | boolean
  | null
  | undefined
  | readonly StateTree[]
  | { readonly [key: string]: StateTree }

const isHostArray = (tree: object): tree is HostArray => 'data' in tree && ArrayBuffer.isView(tree.data)

const childPath = (path: string, key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`)

type Children = readonly (readonly [key: string, child: StateTree])[]

/** Keys sorted by code unit; places of an array in order. */
const childrenOf = (path: string, tree: Exclude<StateTree & object, HostArray>): Children => {
  const children: [string, StateTree][] = Object.entries(tree)
  if (Array.isArray(tree)) return children
  for (const [key] of children) {
    if (key === '' || key.includes('.')) {
      const at = path === '' ? 'the tree' : path
      throw new GradError(`${at}: keys without dots are required, got ${JSON.stringify(key)}. Rename it.`)
    }
  }
  return children.sort(([a], [b]) => (a < b ? -1 : 1))
}

const scalar = (value: number | boolean): HostArray =>
  typeof value === 'number'
    ? { dtype: 'float64', shape: [], data: Float64Array.of(value) }
    : { dtype: 'bool', shape: [], data: Uint8Array.of(value ? 1 : 0) }

/**
 * The leaves by their path (`params.0.weight`), in order. Numbers become `f64[]`, booleans `bool[]`.
 * @throws GradError where a key has a dot, or an array's data don't fit its shape.
 */
export const flattenState = (tree: StateTree, path = ''): NamedArrays => {
  if (tree === null || tree === undefined) return {}
  if (typeof tree === 'number' || typeof tree === 'boolean') return { [path]: scalar(tree) }
  if (isHostArray(tree)) {
    assertHostArray(path, tree)
    return { [path]: tree }
  }
  return Object.fromEntries(
    childrenOf(path, tree).flatMap(([key, child]) =>
      Object.entries(flattenState(child, childPath(path, key))),
    ),
  )
}

/** A leaf that differs from the template's. */
export type LeafMismatch = { readonly required: string; readonly got: string }

type Typed = { readonly [path: string]: Pick<HostArray, 'dtype' | 'shape'> }

/** The first difference between the paths, dtypes and shapes of two sets of leaves, if any. */
export const compareLeaves = (required: Typed, got: Typed): E.Either<LeafMismatch, void> => {
  for (const [path, leaf] of Object.entries(required)) {
    const type = `${path} of ${showArrayType(leaf)}`
    if (!Object.hasOwn(got, path)) return E.left({ required: type, got: 'none' })
    if (showArrayType(leaf) !== showArrayType(got[path])) {
      return E.left({ required: type, got: showArrayType(got[path]) })
    }
  }
  const extra = Object.keys(got).find((path) => !Object.hasOwn(required, path))
  return extra === undefined
    ? E.right(undefined)
    : E.left({ required: `no leaf ${extra}`, got: showArrayType(got[extra]) })
}

const restoreAt = (template: StateTree, leaves: NamedArrays, path: string): StateTree => {
  if (template === null || template === undefined) return template
  if (typeof template === 'number') return leaves[path].data[0]
  if (typeof template === 'boolean') return leaves[path].data[0] !== 0
  if (isHostArray(template)) return leaves[path]
  const restored = childrenOf(path, template).map(
    ([key, child]) => [key, restoreAt(child, leaves, childPath(path, key))] as const,
  )
  return Array.isArray(template) ? restored.map(([, child]) => child) : Object.fromEntries(restored)
}

/**
 * A tree of the template's structure with `leaves` in it; call `compareLeaves` first.
 * `restoreState(tree, flattenState(tree))` equals `tree`.
 */
export const restoreState = <T extends StateTree>(template: T, leaves: NamedArrays): T =>
  restoreAt(template, leaves, '') as T // the same structure, kinds of leaves, dtypes and shapes
