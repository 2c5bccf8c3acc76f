import {
  type ConfusionMatrix,
  correctCount,
  predictedCount,
  totalCount,
  trueCount,
} from './confusionMatrix.js'
import { fixedPoint } from './fixedPoint.js'

/** How well one class, or an average of classes, is told from the others. */
export type ClassScores = {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly support: number
}

/** 0 where nothing was counted. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** precision = tp / predicted, recall = tp / true, f1 = 2·tp / (true + predicted); a division by zero gives 0. */
export const classScores = (matrix: ConfusionMatrix): readonly ClassScores[] =>
  Array.from({ length: matrix.classes }, (_, c) => {
    const hits = matrix.counts[c * matrix.classes + c]
    const support = trueCount(matrix, c)
    const claimed = predictedCount(matrix, c)
    return {
      precision: ratio(hits, claimed),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + claimed),
      support,
    }
  })

const averageBy = (scores: readonly ClassScores[], weight: (s: ClassScores) => number): ClassScores => {
  const total = scores.reduce((sum, s) => sum + weight(s), 0)
  const mean = (score: (s: ClassScores) => number): number =>
    ratio(
      scores.reduce((sum, s) => sum + weight(s) * score(s), 0),
      total,
    )
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

const columnWidth = 9

/**
 * The table that scikit-learn prints, character for character; every class has a row, also one that does not occur.
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html
 */
export const classificationReport = (
  matrix: ConfusionMatrix,
  names: readonly string[],
  digits = 2,
): string => {
  const scores = classScores(matrix)
  const nameWidth = Math.max('weighted avg'.length, digits, ...names.map((name) => name.length))
  const line = (name: string, columns: readonly string[]): string =>
    `${name.padStart(nameWidth)} ${columns.map((cell) => ` ${cell.padStart(columnWidth)}`).join('')}`
  const row = (name: string, s: ClassScores): string =>
    line(name, [...[s.precision, s.recall, s.f1].map((x) => fixedPoint(x, digits)), String(s.support)])
  const all = ratio(correctCount(matrix), totalCount(matrix))
  return [
    line('', ['precision', 'recall', 'f1-score', 'support']),
    '',
    ...names.map((name, c) => row(name, scores[c])),
    '',
    line('accuracy', ['', '', fixedPoint(all, digits), String(totalCount(matrix))]),
    row('macro avg', macroAverage(scores)),
    row('weighted avg', weightedAverage(scores)),
    '',
  ].join('\n')
}
