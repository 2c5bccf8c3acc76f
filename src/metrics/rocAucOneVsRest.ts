import { GradError } from '../ir/errors.js'
import { requireEqualLengths } from './classified.js'
import type { Fold } from './fold.js'
import { pairwiseSum } from './pairwiseSum.js'
import { rocAuc, type ScorePool } from './rocAuc.js'

/** Examples with their true class and `classes` scores each, row by row: `scores[i * classes + c]`. */
export type ScoredRows = { readonly truth: ArrayLike<number>; readonly scores: ArrayLike<number> }

/** The area for each class against all others, and their means; weighted by how often a class is true. */
export type OneVsRest = {
  readonly classes: readonly number[]
  readonly macro: number
  readonly weighted: number
}

const requireClass = (c: number, classes: number, index: number): void => {
  if (!Number.isInteger(c) || c < 0 || c >= classes)
    throw new GradError(
      `rocAucOneVsRest: classes from 0 to ${classes - 1} are required, got ${c} at index ${index}. Check the labels.`,
    )
}

const positives = (pool: ScorePool): number => pool.positive.reduce((n, piece) => n + piece.length, 0)

/**
 * Areas under the ROC curves of `classes` classes, each told from the rest by its own score, exact with ties; as
 * scikit-learn's `roc_auc_score(…, multi_class='ovr')`. NaN for a class that does not occur or is the only one, and
 * then for the means too. The state keeps every score.
 * @throws GradError where a class is out of range; ShapeError where there aren't `classes` scores for each true class.
 * @see Provost and Domingos (2000), "Well-Trained PETs: Improving Probability Estimation Trees"
 * @example
 * ```ts
 * import { foldAll, rocAucOneVsRest } from 'grad-ts/metrics'
 *
 * const scores = [0.6, 0.3, 0.1, 0.2, 0.5, 0.3, 0.5, 0.2, 0.3]
 * foldAll(rocAucOneVsRest(3), [{ truth: [0, 1, 2], scores }])
 * // => { classes: [1, 1, 0.75], macro: 0.917, weighted: 0.917 }
 * ```
 */
export const rocAucOneVsRest = (classes: number): Fold<ScoredRows, readonly ScorePool[], OneVsRest> => ({
  empty: Array.from({ length: classes }, () => rocAuc.empty),
  add: (state, { truth, scores }) => {
    requireEqualLengths('rocAucOneVsRest', truth, scores, 'scores', classes)
    for (let i = 0; i < truth.length; i++) requireClass(truth[i], classes, i)
    return state.map((pool, c) =>
      rocAuc.add(pool, {
        truth: Array.from(truth, (t) => (t === c ? 1 : 0)),
        scores: Array.from(truth, (_, i) => scores[i * classes + c]),
      }),
    )
  },
  merge: (a, b) => a.map((pool, c) => rocAuc.merge(pool, b[c])),
  result: (state) => {
    const areas = state.map(rocAuc.result)
    const support = state.map(positives)
    return {
      classes: areas,
      macro: pairwiseSum(areas) / classes,
      weighted: pairwiseSum(areas.map((area, c) => area * support[c])) / pairwiseSum(support),
    }
  },
})
