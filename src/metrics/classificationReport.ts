import { optionsOf } from '../graph/options.js'
import { GradError } from '../ir/errors.js'
import {
  allLabels,
  type ClassScores,
  classScores,
  macroAverage,
  microAverage,
  weightedAverage,
} from './classScores.js'
import { type ConfusionMatrix, correctCount, predictedCount, trueCount } from './confusionMatrix.js'

export type ReportOptions = {
  /** Decimals of the scores: 2 unless it is given. */
  readonly digits?: number
  /**
   * The classes that have a row, in this order; `names` are theirs. All classes of the matrix unless it is given;
   * `occurringLabels(matrix)` is what scikit-learn takes by default.
   */
  readonly labels?: readonly number[]
}

const columnWidth = 9

/** As Python counts and pads: by code points. */
const padded = (text: string, width: number): string =>
  `${' '.repeat(Math.max(0, width - [...text].length))}${text}`

/** The classes that are true or predicted at least once, in their order. */
export const occurringLabels = (matrix: ConfusionMatrix): readonly number[] =>
  allLabels(matrix).filter((c) => trueCount(matrix, c) + predictedCount(matrix, c) > 0)

/**
 * The table that scikit-learn 1.2 prints for `classification_report(…, labels, target_names=names, digits,
 * zero_division=0)`, character for character. As there, the line of the micro average is called `accuracy` where `labels`
 * are just the classes that occur; scikit-learn 1.5 and later call it so too where labels that don't occur are added.
 * @throws GradError where `names` and `labels` differ in length, or a label is no class of the matrix.
 * @see https://scikit-learn.org/1.2/modules/generated/sklearn.metrics.classification_report.html
 * @example
 * ```ts
 * import { classificationReport, confusionMatrix } from 'grad-ts/metrics'
 *
 * classificationReport(confusionMatrix([0, 1, 1, 1], [0, 1, 1, 0], 2), ['cat', 'dog'])
 * // => precision recall f1-score support
 * //    cat 0.50 1.00 0.67 1
 * //    dog 1.00 0.67 0.80 3
 * //    accuracy 0.75 4
 * //    macro avg 0.75 0.83 0.73 4
 * //    weighted avg 0.88 0.75 0.77 4
 * ```
 */
export const classificationReport = (
  matrix: ConfusionMatrix,
  names: readonly string[],
  options?: ReportOptions,
): string => {
  const { digits = 2, labels = allLabels(matrix) } = optionsOf(
    'classificationReport',
    'digits labels',
    options,
  )
  if (names.length !== labels.length)
    throw new GradError(
      `classificationReport: a name for each label is required, got ${names.length} names and ${labels.length} labels.` +
        ' Name the labels, all classes of the matrix unless they are given.',
    )
  const strange = labels.find((label) => !allLabels(matrix).includes(label))
  if (strange !== undefined)
    throw new GradError(
      `classificationReport: labels from 0 to ${matrix.classes - 1} are required, got ${strange}. Leave it out.`,
    )
  const scores = classScores(matrix, labels)
  const micro = microAverage(matrix, labels)
  const nameWidth = Math.max('weighted avg'.length, digits, ...names.map((name) => [...name].length))
  const line = (name: string, columns: readonly string[]): string =>
    `${padded(name, nameWidth)} ${columns.map((cell) => ` ${cell.padStart(columnWidth)}`).join('')}`
  const shown = (x: number): string => fixedPoint(x, digits)
  // scikit-learn counts in floats where no prediction at all is right, and prints them as such
  const count = (n: number): string => (correctCount(matrix) === 0 ? fixedPoint(n, 1) : String(n))
  const row = (name: string, s: ClassScores): string =>
    line(name, [...[s.precision, s.recall, s.f1].map(shown), count(s.support)])
  const occurring = occurringLabels(matrix)
  const isAccuracy =
    occurring.every((label) => labels.includes(label)) && labels.every((label) => occurring.includes(label))
  return [
    line('', ['precision', 'recall', 'f1-score', 'support']),
    '',
    ...names.map((name, i) => row(name, scores[i])),
    '',
    isAccuracy ? line('accuracy', ['', '', shown(micro.f1), count(micro.support)]) : row('micro avg', micro),
    row('macro avg', macroAverage(scores)),
    row('weighted avg', weightedAverage(scores)),
    '',
  ].join('\n')
}

/**
 * `value` with `digits` decimals, ties to even, as Python prints it: 0.125 → `0.12`, where `toFixed` says `0.13`.
 * A double lies exactly half-way only if value·2^(digits+1) is an odd integer, since 10^digits holds 2^digits.
 */
export const fixedPoint = (value: number, digits: number): string => {
  const scaled = Math.abs(value) * 2 ** (digits + 1)
  if (!Number.isInteger(scaled) || scaled % 2 === 0) return value.toFixed(digits)
  const below = Math.floor(Math.abs(value) * 10 ** digits)
  const even = below % 2 === 0 ? below : below + 1
  return `${value < 0 ? '-' : ''}${(even / 10 ** digits).toFixed(digits)}`
}
