import type { Classified } from './classified.js'
import { confusionFold } from './confusionFold.js'
import { type ConfusionMatrix, predictedCount, trueCount } from './confusionMatrix.js'
import { type Fold, mapResult } from './fold.js'
import { pairwiseSum } from './pairwiseSum.js'

/** How well one class, or an average of classes, is told from the others. */
export type ClassScores = {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly support: number
}

/** 0 where nothing was counted. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** One class, or several taken together: right ones, true ones and predicted ones. */
type Tally = { readonly hits: number; readonly support: number; readonly claimed: number }

/**
 * precision = hits / claimed, recall = hits / support, f1 = 2·precision·recall / (precision + recall), each 0 where its
 * divisor is. In scikit-learn's order of operations, whose last bit decides between 0.62 and 0.63 for a tie.
 */
const scoresOf = ({ hits, support, claimed }: Tally): ClassScores => {
  const precision = ratio(hits, claimed)
  const recall = ratio(hits, support)
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support }
}

const tallies = (matrix: ConfusionMatrix, labels: readonly number[]): readonly Tally[] =>
  labels.map((c) => ({
    hits: matrix.counts[c * matrix.classes + c],
    support: trueCount(matrix, c),
    claimed: predictedCount(matrix, c),
  }))

/** The numbers of all classes of a matrix: 0, 1, … */
export const allLabels = ({ classes }: ConfusionMatrix): readonly number[] =>
  Array.from({ length: classes }, (_, c) => c)

/** The scores of each class of `labels`, all classes unless it is given. */
export const classScores = (
  matrix: ConfusionMatrix,
  labels: readonly number[] = allLabels(matrix),
): readonly ClassScores[] => tallies(matrix, labels).map(scoresOf)

/** The scores of all decisions about the classes of `labels`, counted together. */
export const microAverage = (
  matrix: ConfusionMatrix,
  labels: readonly number[] = allLabels(matrix),
): ClassScores =>
  scoresOf(
    tallies(matrix, labels).reduce(
      (a, b) => ({
        hits: a.hits + b.hits,
        support: a.support + b.support,
        claimed: a.claimed + b.claimed,
      }),
      { hits: 0, support: 0, claimed: 0 },
    ),
  )

const averageBy = (scores: readonly ClassScores[], weight: (s: ClassScores) => number): ClassScores => {
  const total = pairwiseSum(scores.map(weight))
  const mean = (score: (s: ClassScores) => number): number =>
    ratio(pairwiseSum(scores.map((s) => score(s) * weight(s))), total)
  return {
    precision: mean((s) => s.precision),
    recall: mean((s) => s.recall),
    f1: mean((s) => s.f1),
    support: scores.reduce((sum, s) => sum + s.support, 0),
  }
}

/** The mean over classes, each counting the same. */
export const macroAverage = (scores: readonly ClassScores[]): ClassScores => averageBy(scores, () => 1)

/** The mean over classes, each counting by its support. */
export const weightedAverage = (scores: readonly ClassScores[]): ClassScores =>
  averageBy(scores, (s) => s.support)

/** Precision, recall, F1 and support of each class, and their averages. */
export type PrecisionRecall = {
  readonly classes: readonly ClassScores[]
  readonly micro: ClassScores
  readonly macro: ClassScores
  readonly weighted: ClassScores
}

/**
 * Precision, recall and F1 of each of `classes` classes and of their averages; a division by zero gives 0.
 * @throws GradError where a class is out of range; ShapeError where the two arrays differ in length.
 * @see van Rijsbergen (1979), "Information Retrieval", chapter 7
 * @example
 * ```ts
 * import { foldAll, precisionRecallFold } from 'grad-ts/metrics'
 *
 * foldAll(precisionRecallFold(2), [{ truth: [0, 0, 1, 1], predicted: [0, 1, 1, 1] }]).classes
 * // => [{ precision: 1, recall: 0.5, f1: 0.667, support: 2 }, { precision: 0.667, recall: 1, f1: 0.8, support: 2 }]
 * ```
 */
export const precisionRecallFold = (classes: number): Fold<Classified, ConfusionMatrix, PrecisionRecall> =>
  mapResult(confusionFold(classes), (matrix) => {
    const scores = classScores(matrix)
    return {
      classes: scores,
      micro: microAverage(matrix),
      macro: macroAverage(scores),
      weighted: weightedAverage(scores),
    }
  })
