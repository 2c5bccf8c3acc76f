import { flatten, type Leaf } from '../graph/pytree.js'
import { splat, type Tensor } from '../graph/tensor.js'
import { aval } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { TreeMismatchError } from '../ir/errors.js'
import { add } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { mapAlike } from './alike.js'
import { kept, merged } from './keptLeaves.js'
import { filledLike } from './moments.js'

/**
 * One step of a chain: a pair of pure functions over trees. The state is a tree too (`null` where there is
 * none), so it passes through `jit`, and can be saved.
 */
export interface Piece<S> {
  readonly name: string
  /** The state before the first update of such parameters. */
  init(params: unknown): S
  /** New updates and the next state. `updates` are gradients, or the updates of the piece before. */
  update<P>(updates: P, state: S, params: P | undefined): readonly [updates: P, state: S]
}

/** The number of updates so far, i32[]. */
export type CountState = { readonly count: Tensor }

/** No updates yet. @internal */
export const zeroCount = (): Tensor => splat(0, aval([], 'int32'))

/** One update more. @internal */
export const increment = (count: Tensor): Tensor => add(count, 1)

/** The states of a chain's pieces, in order. */
export type States = readonly unknown[]

/**
 * An optimiser, or a part of one: a list of pieces, applied in order to the gradients. Its state is the list
 * of theirs. Made by `adam`, `sgd`, …, by `chain` from others, and by `transformation` from a pair of functions.
 * @example
 * ```ts
 * const opt = optim.sgd(0.1)
 * const params = { w: np.array([1, 2]) }
 * const [updates, state] = opt.update({ w: np.array([1, -1]) }, opt.init(params), params)
 * updates.w.toArray() // => [-0.1, 0.1]
 * ```
 */
export interface GradientTransformation<S extends States = States> {
  readonly pieces: readonly Piece<unknown>[]
  init(params: unknown): S
  /**
   * The updates to add to the parameters, and the next state. Weight decay needs `params`. Leaves other than floats
   * (counters, keys) get updates of zero, whatever their gradients are, and have no state.
   * @throws TreeMismatchError where gradients, state and parameters differ in structure
   */
  update<P>(grads: P, state: S, params?: P): readonly [updates: P, state: S]
}

/** The transformation of these pieces; that S is the list of their states is the caller's claim. @internal */
export const fromPieces = <S extends States>(
  pieces: readonly Piece<unknown>[],
): GradientTransformation<S> => ({
  pieces,
  init(params) {
    const floats = kept(params, areFloats(params))
    return pieces.map((piece) => piece.init(floats)) as States as S
  },
  update(grads, state, params) {
    requireStates(pieces, state)
    const keep = areFloats(grads, params)
    const floats = params === undefined ? undefined : kept(params, keep)
    let updates = kept(grads, keep)
    const next = pieces.map((piece, i) => {
      const [transformed, nextState] = piece.update(updates, state[i], floats)
      updates = transformed
      return nextState
    })
    return [merged(filledLike(grads, 0) as typeof grads, updates, keep), next as States as S]
  },
})

/** Whether each leaf, and the leaf in its place in the other tree, is a float. */
const areFloats = (values: unknown, others: unknown = values): readonly boolean[] => {
  const beside = flatten(others).leaves
  const isFloatLeaf = (leaf: Leaf) => isFloat(toTensor(leaf).dtype)
  return flatten(values).leaves.map((leaf, i) => isFloatLeaf(leaf) && isFloatLeaf(beside[i] ?? leaf))
}

const requireStates = (pieces: readonly Piece<unknown>[], state: States): void => {
  if (Array.isArray(state) && state.length === pieces.length) return
  const got = Array.isArray(state) ? `those of ${state.length}` : typeof state
  throw new TreeMismatchError(
    `update: the states of ${pieces.length} pieces (${pieces.map((p) => p.name).join(', ')}) are required, got ${got}. Make them with init(params) of the same optimiser.`,
  )
}

/**
 * A transformation of one piece.
 * @example
 * ```ts
 * const halve = optim.transformation({
 *   name: 'halve',
 *   init: () => null,
 *   update: (updates, state) => [tree.map((u) => u.mul(0.5), updates), state],
 * })
 * const [updates] = halve.update(np.array([2, 4]), halve.init(null))
 * updates.toArray() // => [1, 2]
 * ```
 */
export const transformation = <S>(piece: Piece<S>): GradientTransformation<readonly [S]> =>
  fromPieces([piece])

/**
 * p + u for every leaf, in p's shape and dtype.
 * @throws TreeMismatchError where the structures differ, ShapeError where shapes do
 * @example
 * ```ts
 * optim.applyUpdates({ w: np.array([1, 2]) }, { w: np.array([0.5, -1]) }).w.toArray() // => [1.5, 1]
 * ```
 */
export const applyUpdates = <P>(params: P, updates: P): P =>
  mapAlike('applyUpdates', (p, u) => convert(add(p, u), toTensor(p).dtype), params, updates)
