import { flatten, unflatten } from '../graph/pytree.js'

/** The tree without the other leaves: `null` stands in their places. @internal */
export const kept = <P>(values: P, keep: readonly boolean[]): P => {
  const { leaves, def } = flatten(values)
  return unflatten<P>(
    def,
    leaves.map((leaf, i) => (keep[i] ? leaf : null)),
  )
}

/** `values` with the kept leaves taken from `changed`. @internal */
export const merged = <P>(values: P, changed: P, keep: readonly boolean[]): P => {
  const { leaves, def } = flatten(values)
  const replacements = flatten(changed).leaves
  let next = 0
  return unflatten<P>(
    def,
    leaves.map((leaf, i) => (keep[i] ? replacements[next++] : leaf)),
  )
}
