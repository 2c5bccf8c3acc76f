import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { fromPieces, type GradientTransformation, type States } from './gradientTransformation.js'

/** Lists put end to end. */
export type Concatenated<Ls extends readonly States[]> = Ls extends readonly [
  infer First extends States,
  ...infer Rest extends readonly States[],
]
  ? readonly [...First, ...Concatenated<Rest>]
  : Ls extends readonly []
    ? readonly []
    : States

/**
 * Transformations one after the other: the updates of each are the gradients of the next. The state is the
 * list of all pieces' states, so `chain(a, chain(b, c))` and `chain(chain(a, b), c)` are the same.
 * @example
 * ```ts
 * const opt = optim.chain(optim.clipByGlobalNorm(1), optim.adam(1e-3))
 * opt.pieces.map((p) => p.name) // => ['clipByGlobalNorm', 'scaleByAdam', 'scale']
 * ```
 */
export const chain = <Ls extends readonly States[]>(
  ...transformations: { readonly [K in keyof Ls]: GradientTransformation<Ls[K]> }
): GradientTransformation<Concatenated<Ls>> => fromPieces(transformations.flatMap((part) => part.pieces))

/** Leaves gradients unchanged; it has no state. */
export const identity: GradientTransformation<readonly []> = fromPieces([])

/**
 * Gradient transformations under `chain`: the free monoid of pieces.
 * @example
 * ```ts
 * const all = [optim.clip(1), optim.sgd(0.1)].reduce(optim.monoid.concat, optim.monoid.empty)
 * all.pieces.length // => 2
 * ```
 */
export const monoid: Monoid<GradientTransformation> = { concat: (a, b) => chain(a, b), empty: identity }
