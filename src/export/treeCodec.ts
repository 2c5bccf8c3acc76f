import { chain } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'
import { registeredNode, type TreeDef } from '../graph/pytree.js'
import { GradError } from '../ir/errors.js'

/** The structure of a tree as JSON: `'*'` is a leaf; an object is a list of its keys and their structures. */
type TreeJson =
  | '*'
  | { readonly none: 'null' | 'undefined' }
  | { readonly array: readonly TreeJson[] }
  | { readonly object: readonly (readonly [string, TreeJson])[] }
  | { readonly custom: string; readonly aux: string; readonly children: readonly TreeJson[] }

const TreeJson: t.Type<TreeJson, TreeJson, unknown> = t.recursion('Tree', () =>
  t.union([
    t.literal('*'),
    closed({ none: t.keyof({ null: null, undefined: null }) }, 'None'),
    closed({ array: t.readonlyArray(TreeJson) }, 'Array'),
    closed({ object: t.readonlyArray(t.readonly(t.tuple([t.string, TreeJson]))) }, 'Object'),
    closed({ custom: t.string, aux: t.string, children: t.readonlyArray(TreeJson) }, 'Custom'),
  ]),
)

const encode = (def: TreeDef): TreeJson => {
  switch (def.kind) {
    case 'leaf':
      return '*'
    case 'none':
      return { none: def.value === null ? 'null' : 'undefined' }
    case 'array':
      return { array: def.children.map(encode) }
    case 'object':
      return { object: def.keys.map((key, i) => [key, encode(def.children[i])]) }
    case 'custom':
      return { custom: def.node.name, aux: def.aux, children: def.children.map(encode) }
  }
}

/** @throws GradError where keys are out of order, or a class is not registered */
const rebuild = (json: TreeJson): TreeDef => {
  if (json === '*') return { kind: 'leaf' }
  if ('none' in json) return { kind: 'none', value: json.none === 'null' ? null : undefined }
  if ('array' in json) return { kind: 'array', children: json.array.map(rebuild) }
  if ('object' in json) {
    const keys = json.object.map(([key]) => key)
    const wrong = keys.findIndex((key, i) => i > 0 && !(keys[i - 1] < key))
    if (wrong >= 0)
      throw new GradError(`keys in order are required, got ${keys[wrong]} after ${keys[wrong - 1]}`)
    return { kind: 'object', keys, children: json.object.map(([, child]) => rebuild(child)) }
  }
  const node = registeredNode(json.custom)
  if (node === undefined)
    throw new GradError(`a registered class is required, got ${json.custom}: call tree.registerNode first`)
  return { kind: 'custom', node, aux: json.aux, children: json.children.map(rebuild) }
}

/** The codec of structures. Classes are found by their name among those registered. */
export const treeCodec: t.Type<TreeDef, TreeJson, unknown> = new t.Type(
  'Tree',
  (x): x is TreeDef => typeof x === 'object' && x !== null && 'kind' in x,
  (input, context) =>
    chain((json: TreeJson) => {
      try {
        return t.success(rebuild(json))
      } catch (error) {
        return t.failure<TreeDef>(input, context, error instanceof Error ? error.message : String(error))
      }
    })(TreeJson.validate(input, context)),
  encode,
)
