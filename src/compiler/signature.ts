import { namedAxes } from '../graph/namedAxes.js'
import { treeKey } from '../graph/pytree.js'
import { formatAval } from '../ir/aval.js'
import { tracedIndicesAreChecked } from '../transforms/indexRange.js'
import type { TensorTree } from '../transforms/treeFunction.js'

/** The arguments that a compiled function was traced for: equal signatures share a trace. */
export type Signature = {
  readonly structure: string
  readonly paths: readonly string[]
  readonly avals: readonly string[]
  /** Static arguments by position. */
  readonly statics: readonly { readonly index: number; readonly key: string }[]
  /** The named axes that `f` may speak of: `i:3 j:2`. */
  readonly axes: string
  /** Whether it looks at positions: see `debug.indices`. */
  readonly looksAtIndices: boolean
}

export const signatureOf = (xs: TensorTree, statics: Signature['statics']): Signature => ({
  structure: treeKey(xs.def),
  paths: xs.paths,
  avals: xs.leaves.map((t) => formatAval(t.aval)),
  statics,
  axes: namedAxes()
    .map(({ name, size }) => `${name}:${size}`)
    .join(' '),
  looksAtIndices: tracedIndicesAreChecked(),
})

export const signatureKey = ({ structure, avals, statics, axes, looksAtIndices }: Signature): string =>
  `${structure} ${avals.join(' ')} ${statics.map((s) => s.key).join(' ')} ${axes} ${looksAtIndices}`

/** `argument 2` or `argument 0 at w.0`: where a leaf of the traced arguments is among all of them. */
const place = (path: string, traced: readonly number[]): string => {
  const [first, ...rest] = path.split('.')
  const argument = `argument ${traced[Number(first)] ?? first}`
  return rest.length === 0 ? argument : `${argument} at ${rest.join('.')}`
}

/** Why a signature needs a trace of its own, having seen another before; `traced`: positions of the arguments traced. */
export const whyRetraced = (before: Signature, now: Signature, traced: readonly number[]): string => {
  if (before.structure !== now.structure) {
    const [old, fresh] = [before.paths, now.paths]
    const gone = old.find((p) => !fresh.includes(p))
    const added = fresh.find((p) => !old.includes(p))
    const what =
      added !== undefined
        ? `${place(added, traced)} is new`
        : gone !== undefined
          ? `${place(gone, traced)} is gone`
          : 'their containers differ'
    return `the structure of the arguments changed: ${what}`
  }
  const leaf = now.avals.findIndex((a, i) => a !== before.avals[i])
  if (leaf >= 0)
    return `${place(now.paths[leaf], traced)} changed from ${before.avals[leaf]} to ${now.avals[leaf]}`
  const fixed = now.statics.find((s, i) => s.key !== before.statics[i].key)
  if (fixed !== undefined) return `static argument ${fixed.index} has another value`
  if (now.axes !== before.axes) return `named axes changed from [${before.axes}] to [${now.axes}]`
  if (before.looksAtIndices !== now.looksAtIndices) return 'debug.indices was turned on or off'
  return 'an enclosing trace has ended, or the trace was forgotten'
}
