/**
 * A figure that is computed while its inputs stream by: a monoid of states, a way in and a way out.
 *
 * Laws, for all states `a`, `b`, `c` and inputs `x` (states that give equal results for all that follows are equal):
 * `merge(empty, a) = a = merge(a, empty)`, `merge(merge(a, b), c) = merge(a, merge(b, c))`, and
 * `add(a, x) = merge(a, add(empty, x))`. So a data set may be cut anywhere, and its parts folded by different workers,
 * before and after a resume; the result is the same, bit for bit.
 * @see Meijer, Fokkinga and Paterson (1991), "Functional Programming with Bananas, Lenses, Envelopes and Barbed Wire"
 */
export type Fold<A, S, R> = {
  readonly empty: S
  /** The state after one more input; `state` itself does not change. */
  readonly add: (state: S, input: A) => S
  /** The state after the inputs of `earlier`, then those of `later`. */
  readonly merge: (earlier: S, later: S) => S
  readonly result: (state: S) => R
}

/** The result of `fold` over all of `inputs`. */
export const foldAll = <A, S, R>(fold: Fold<A, S, R>, inputs: Iterable<A>): R => {
  let state = fold.empty
  for (const input of inputs) state = fold.add(state, input)
  return fold.result(state)
}

/** A fold over `B`, by what `select` makes of each. */
export const mapInput = <B, A, S, R>(fold: Fold<A, S, R>, select: (input: B) => A): Fold<B, S, R> => ({
  ...fold,
  add: (state, input) => fold.add(state, select(input)),
})

/** A fold that goes on to make something of the result. */
export const mapResult = <A, S, R, Q>(fold: Fold<A, S, R>, finish: (result: R) => Q): Fold<A, S, Q> => ({
  ...fold,
  result: (state) => finish(fold.result(state)),
})

/**
 * Several folds in one pass: the product of their monoids, with a result for each name.
 * @example
 * ```ts
 * import { accuracyFold, combineFolds, confusionFold, foldAll } from 'grad-ts/metrics'
 *
 * const both = combineFolds({ accuracy: accuracyFold, confusion: confusionFold(2) })
 * foldAll(both, [{ truth: [0, 1], predicted: [0, 0] }, { truth: [1, 1], predicted: [1, 1] }])
 * // => { accuracy: 0.75, confusion: { classes: 2, counts: [1, 0, 1, 2] } }
 * ```
 */
export function combineFolds<A, S extends Record<string, unknown>, R extends Record<keyof S, unknown>>(
  folds: {
    readonly [K in keyof (S & R)]: K extends keyof S & keyof R ? Fold<A, S[K], R[K]> : never
  } & Readonly<Record<string, { readonly add: (state: never, input: A) => unknown }>>,
): Fold<A, S, R>
export function combineFolds(
  folds: Readonly<Record<string, Fold<unknown, unknown, unknown>>>,
): Fold<unknown, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> {
  const each = (make: (fold: Fold<unknown, unknown, unknown>, name: string) => unknown) =>
    Object.fromEntries(Object.entries(folds).map(([name, fold]) => [name, make(fold, name)]))
  return {
    empty: each((fold) => fold.empty),
    add: (state, input) => each((fold, name) => fold.add(state[name], input)),
    merge: (earlier, later) => each((fold, name) => fold.merge(earlier[name], later[name])),
    result: (state) => each((fold, name) => fold.result(state[name])),
  }
}
