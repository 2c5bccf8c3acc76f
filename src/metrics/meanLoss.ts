import { addExactly, type ExactSum, exactZero, mergeExactly, roundExact } from './exactSum.js'
import type { Fold } from './fold.js'

/** A batch's mean loss, and how many examples it is the mean of. */
export type BatchLoss = { readonly loss: number; readonly size: number }

/** Σ size·loss, and Σ size. */
export type LossSum = { readonly sum: ExactSum; readonly examples: number }

/**
 * Mean loss over examples: Σ size·loss / Σ size; NaN where there are none. The sum is exact, so the mean does not
 * depend on how batches were grouped.
 * @example
 * ```ts
 * import { foldAll, meanLoss } from 'grad-ts/metrics'
 *
 * foldAll(meanLoss, [{ loss: 2, size: 64 }, { loss: 1, size: 32 }]) // => 1.667
 * ```
 */
export const meanLoss: Fold<BatchLoss, LossSum, number> = {
  empty: { sum: exactZero, examples: 0 },
  add: ({ sum, examples }, { loss, size }) => ({
    sum: size === 0 ? sum : addExactly(sum, size * loss),
    examples: examples + size,
  }),
  merge: (a, b) => ({ sum: mergeExactly(a.sum, b.sum), examples: a.examples + b.examples }),
  result: ({ sum, examples }) => roundExact(sum) / examples,
}
