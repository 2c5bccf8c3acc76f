import { GradError } from '../ir/errors.js'
import { requireEqualLengths } from './classified.js'
import type { Fold } from './fold.js'

/** Examples of two classes: `truth` 0 or 1, and a score that should be larger for 1. */
export type Scored = { readonly truth: ArrayLike<number>; readonly scores: ArrayLike<number> }

/** The scores of both classes, batch by batch. The area is no function of anything smaller. */
export type ScorePool = {
  readonly positive: readonly Float64Array[]
  readonly negative: readonly Float64Array[]
}

const joined = (pieces: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(pieces.reduce((n, piece) => n + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/**
 * The share of pairs of a positive and a negative example in which the positive one has the higher score, ties counting
 * half: the area under the receiver operating characteristic. NaN where one of the classes or a score is missing.
 */
const areaUnderRoc = (positive: Float64Array, negative: Float64Array): number => {
  const [high, low] = [positive.slice().sort(), negative.slice().sort()]
  // NaN sorts last
  if (Number.isNaN(high.at(-1)) || Number.isNaN(low.at(-1))) return Number.NaN
  let [below, upTo, twiceWins] = [0, 0, 0]
  for (const score of high) {
    while (below < low.length && low[below] < score) below++
    while (upTo < low.length && low[upTo] <= score) upTo++
    twiceWins += below + upTo
  }
  return twiceWins / (2 * high.length * low.length)
}

/**
 * Area under the ROC curve of a score for class 1, exact with ties, as scikit-learn's `roc_auc_score`; NaN where a class
 * does not occur (scikit-learn 1.2 raises, later ones warn and give NaN) or a score is NaN.
 * The state keeps every score, 8 bytes an example.
 * @throws GradError where `truth` is neither 0 nor 1; ShapeError where the two arrays differ in length.
 * @see Hanley and McNeil (1982), "The Meaning and Use of the Area under a ROC Curve"
 * @example
 * ```ts
 * import { foldAll, rocAuc } from 'grad-ts/metrics'
 *
 * foldAll(rocAuc, [{ truth: [0, 0], scores: [0.1, 0.4] }, { truth: [1, 1], scores: [0.35, 0.8] }]) // => 0.75
 * ```
 */
export const rocAuc: Fold<Scored, ScorePool, number> = {
  empty: { positive: [], negative: [] },
  add: ({ positive, negative }, { truth, scores }) => {
    requireEqualLengths('rocAuc', truth, scores, 'scores')
    const [ones, zeros]: [number[], number[]] = [[], []]
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] !== 0 && truth[i] !== 1)
        throw new GradError(
          `rocAuc: classes 0 and 1 are required, got ${truth[i]} at index ${i}. For more classes, take rocAucOneVsRest.`,
        )
      ;(truth[i] === 1 ? ones : zeros).push(scores[i])
    }
    return {
      positive: [...positive, Float64Array.from(ones)],
      negative: [...negative, Float64Array.from(zeros)],
    }
  },
  merge: (a, b) => ({
    positive: [...a.positive, ...b.positive],
    negative: [...a.negative, ...b.negative],
  }),
  result: ({ positive, negative }) => areaUnderRoc(joined(positive), joined(negative)),
}
