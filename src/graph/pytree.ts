import { GradError, TreeMismatchError } from '../ir/errors.js'
import { Tensor, type TensorLike } from './tensor.js'

/** A value that may be a leaf. */
export type Leaf = TensorLike

/** The structure of a tree without its leaves. */
export type TreeDef =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'none'; readonly value: null | undefined }
  | { readonly kind: 'array'; readonly children: readonly TreeDef[] }
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly children: readonly TreeDef[] }
  | {
      readonly kind: 'custom'
      readonly node: CustomNode
      readonly aux: string
      readonly children: readonly TreeDef[]
    }

/** The functions that take instances of a class apart and rebuild them; `aux` is compared for equality. */
type CustomNode = {
  readonly name: string
  readonly matches: (value: object) => boolean
  readonly flatten: (value: object) => { readonly children: readonly unknown[]; readonly aux: string }
  readonly unflatten: (children: readonly unknown[], aux: string) => object
}

const customNodes: CustomNode[] = []

/** The registered class of that name. */
export const registeredNode = (name: string): CustomNode | undefined =>
  customNodes.find((n) => n.name === name)

/**
 * Makes instances of a class trees: their children are leaves or trees, the rest goes to `aux`.
 * @example
 * ```ts
 * class Pair { constructor(readonly a: unknown, readonly b: unknown) {} }
 * tree.registerNode(Pair, (p) => ({ children: [p.a, p.b], aux: '' }), ([a, b]) => new Pair(a, b))
 * tree.leaves(new Pair(1, [2, 3])) // => [1, 2, 3]
 * ```
 */
export const registerNode = <T extends object>(
  constructor: new (...args: never[]) => T,
  flattenNode: (value: T) => { readonly children: readonly unknown[]; readonly aux: string },
  unflattenNode: (children: readonly unknown[], aux: string) => T,
): void => {
  if (customNodes.some((n) => n.name === constructor.name)) {
    throw new GradError(
      `registerNode: a class not yet registered is required, got ${constructor.name} again.`,
    )
  }
  customNodes.push({
    name: constructor.name,
    matches: (value) => value instanceof constructor,
    flatten: (value) => flattenNode(value as T),
    unflatten: unflattenNode,
  })
}

const leafDef: TreeDef = Object.freeze({ kind: 'leaf' })

export const isLeaf = (value: unknown): value is Leaf =>
  value instanceof Tensor ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  ArrayBuffer.isView(value)

/** The direct children of a node with the last step of their paths, or `null` for leaves and non-trees. */
const open = (
  value: unknown,
): {
  def: (children: readonly TreeDef[]) => TreeDef
  entries: readonly (readonly [string, unknown])[]
} | null => {
  if (value === null || value === undefined) return { def: () => ({ kind: 'none', value }), entries: [] }
  if (Array.isArray(value)) {
    return { def: (children) => ({ kind: 'array', children }), entries: value.map((v, i) => [String(i), v]) }
  }
  if (typeof value !== 'object' || value instanceof Tensor) return null
  const custom = customNodes.find((n) => n.matches(value))
  if (custom !== undefined) {
    const { children, aux } = custom.flatten(value)
    return {
      def: (defs) => ({ kind: 'custom', node: custom, aux, children: defs }),
      entries: children.map((c, i) => [String(i), c]),
    }
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return null
  const keys = Object.keys(value).sort()
  const fields = value as Readonly<Record<string, unknown>>
  return { def: (children) => ({ kind: 'object', keys, children }), entries: keys.map((k) => [k, fields[k]]) }
}

const join = (path: string, step: string) => (path === '' ? step : `${path}.${step}`)

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? (Object.getPrototypeOf(value)?.constructor?.name ?? 'object')
    : typeof value

const notATree = (path: string, value: unknown): GradError =>
  new TreeMismatchError(
    `tree: tensors, numbers, booleans, typed arrays, arrays, plain objects or registered classes are required, got ${describe(value)} at ${path === '' ? 'the root' : path}. Register the class with tree.registerNode, or pass it in staticArgs.`,
  )

export type FlatTree = {
  readonly leaves: readonly Leaf[]
  readonly paths: readonly string[]
  readonly def: TreeDef
}

/** Leaves in order (object keys sorted), their paths, and the structure. */
export const flatten = (tree: unknown): FlatTree => {
  const leaves: Leaf[] = []
  const paths: string[] = []
  const walk = (value: unknown, path: string): TreeDef => {
    if (isLeaf(value)) {
      leaves.push(value)
      paths.push(path)
      return leafDef
    }
    const node = open(value)
    if (node === null) throw notATree(path, value)
    return node.def(node.entries.map(([step, child]) => walk(child, join(path, step))))
  }
  const def = walk(tree, '')
  return { leaves, paths, def }
}

/** Rebuilds a tree of structure `def`; the type is the caller's claim. */
export const unflatten = <T>(def: TreeDef, leaves: readonly unknown[]): T => {
  let next = 0
  const build = (d: TreeDef): unknown => {
    switch (d.kind) {
      case 'leaf':
        return leaves[next++]
      case 'none':
        return d.value
      case 'array':
        return d.children.map(build)
      case 'object':
        return Object.fromEntries(d.keys.map((k, i) => [k, build(d.children[i])]))
      case 'custom':
        return d.node.unflatten(d.children.map(build), d.aux)
    }
  }
  const tree = build(def)
  if (next !== leaves.length) {
    throw new TreeMismatchError(
      `unflatten: ${next} leaves are required by the structure, got ${leaves.length}.`,
    )
  }
  return tree as T
}

/** The structure as text: equal texts, equal structures. */
export const treeKey = (def: TreeDef): string => {
  switch (def.kind) {
    case 'leaf':
      return '*'
    case 'none':
      return String(def.value)
    case 'array':
      return `[${def.children.map(treeKey).join(',')}]`
    case 'object':
      return `{${def.keys.map((k, i) => `${JSON.stringify(k)}:${treeKey(def.children[i])}`).join(',')}}`
    case 'custom':
      return `${def.node.name}<${JSON.stringify(def.aux)}>(${def.children.map(treeKey).join(',')})`
  }
}

/** Number of leaves. */
export const leafCount = (def: TreeDef): number =>
  def.kind === 'leaf' ? 1 : def.kind === 'none' ? 0 : def.children.reduce((n, c) => n + leafCount(c), 0)

const kindName = (d: TreeDef): string =>
  d.kind === 'leaf'
    ? 'a leaf'
    : d.kind === 'none'
      ? String(d.value)
      : d.kind === 'object'
        ? `an object with keys ${d.keys.join(', ')}`
        : d.kind === 'array'
          ? `an array of ${d.children.length}`
          : `a ${d.node.name}`

/** @throws TreeMismatchError naming the first place where the structures differ. */
export const requireSameTree = (operation: string, expected: TreeDef, got: TreeDef, path = ''): void => {
  const fail = (): never => {
    throw new TreeMismatchError(
      `${operation}: trees of one structure are required, got ${kindName(got)} where ${kindName(expected)} stands, at ${path === '' ? 'the root' : path}.`,
    )
  }
  if (expected.kind !== got.kind) fail()
  if (expected.kind === 'leaf' || expected.kind === 'none' || got.kind === 'leaf' || got.kind === 'none')
    return
  const steps = expected.kind === 'object' ? expected.keys : expected.children.map((_, i) => String(i))
  if (expected.children.length !== got.children.length) fail()
  if (expected.kind === 'object' && got.kind === 'object' && expected.keys.some((k, i) => k !== got.keys[i]))
    fail()
  if (
    expected.kind === 'custom' &&
    got.kind === 'custom' &&
    (expected.node !== got.node || expected.aux !== got.aux)
  )
    fail()
  expected.children.forEach((c, i) => {
    requireSameTree(operation, c, got.children[i], join(path, steps[i]))
  })
}

/**
 * One value for every leaf of `def`, from a prefix of it: a value of `prefix` in the
 * place of a node of `def` (`isValue`) stands for all leaves below.
 */
export const broadcastPrefix = <T>(
  operation: string,
  prefix: unknown,
  def: TreeDef,
  isValue: (x: unknown) => x is T,
): readonly T[] => {
  const out: T[] = []
  const walk = (p: unknown, d: TreeDef, path: string): void => {
    if (isValue(p)) {
      for (let i = leafCount(d); i > 0; i--) out.push(p)
      return
    }
    // a function in the tree, which has no leaves there either
    if (d.kind === 'none' && (p === null || p === undefined)) return
    const node = open(p)
    if (
      node === null ||
      d.kind === 'leaf' ||
      d.kind === 'none' ||
      node.entries.length !== d.children.length
    ) {
      throw new TreeMismatchError(
        `${operation}: a prefix of the tree is required, got ${describe(p)} where ${kindName(d)} stands, at ${path === '' ? 'the root' : path}.`,
      )
    }
    node.entries.forEach(([step, child], i) => {
      if (d.kind === 'object' && d.keys[i] !== step) {
        throw new TreeMismatchError(
          `${operation}: key ${d.keys[i]} is required, got ${step}, at ${path === '' ? 'the root' : path}.`,
        )
      }
      walk(child, d.children[i], join(path, step))
    })
  }
  walk(prefix, def, '')
  return out
}
