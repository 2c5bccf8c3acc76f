import { broadcastPrefix, flatten } from '../graph/pytree.js'
import { type GradientTransformation, type States, transformation } from './gradientTransformation.js'
import { kept, merged } from './keptLeaves.js'

/** A tree of booleans, or a prefix of one; or a function that makes it from the parameters. */
export type Mask =
  | ((params: unknown) => unknown)
  | boolean
  | readonly unknown[]
  | { readonly [key: string]: unknown }

const isBoolean = (x: unknown): x is boolean => typeof x === 'boolean'

/** The mask for every leaf of a tree. */
const flags = (mask: Mask, values: unknown): readonly boolean[] =>
  broadcastPrefix('masked', typeof mask === 'function' ? mask(values) : mask, flatten(values).def, isBoolean)

/**
 * Applies a transformation to some leaves only; the others pass unchanged, and have no state in it.
 * @param mask true where it applies; a boolean at a node stands for the whole tree below. A function gets the tree of
 *   parameters at `init`, of gradients at `update`: it may look at structure, shapes and dtypes
 * @throws TreeMismatchError where the mask is not a prefix of the tree
 * @example
 * ```ts
 * const opt = optim.masked(optim.scale(10), { w: true, b: false })
 * const [updates] = opt.update({ w: np.array([1]), b: np.array([1]) }, opt.init({ w: 0, b: 0 }))
 * tree.map((u) => u.item(), updates) // => { w: 10, b: 1 }
 * ```
 */
export const masked = <S extends States>(
  inner: GradientTransformation<S>,
  mask: Mask,
): GradientTransformation<readonly [S]> =>
  transformation<S>({
    name: `masked(${inner.pieces.map((p) => p.name).join(', ')})`,
    init: (params) => inner.init(kept(params, flags(mask, params))),
    update(updates, state, params) {
      const keep = flags(mask, updates)
      const [changed, next] = inner.update(
        kept(updates, keep),
        state,
        params === undefined ? undefined : kept(params, keep),
      )
      return [merged(updates, changed, keep), next]
    },
  })
