import { GradError } from '../ir/errors.js'
import { requireEqualLengths } from './classified.js'

/** How often each true class was predicted as each class; `counts[t * classes + p]`. */
export type ConfusionMatrix = { readonly classes: number; readonly counts: Int32Array }

const requireClass = (kind: string, c: number, classes: number, index: number): void => {
  if (!Number.isInteger(c) || c < 0 || c >= classes)
    throw new GradError(
      `confusionMatrix: classes from 0 to ${classes - 1} are required, got a ${kind} class ${c} at index ${index}. ` +
        'Check the labels, and the number of classes.',
    )
}

/**
 * Counts pairs of true and predicted classes, each in 0…classes − 1.
 * @throws GradError where a class is out of range; ShapeError where the two arrays differ in length.
 */
export const confusionMatrix = (
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ConfusionMatrix => {
  requireEqualLengths('confusionMatrix', truth, predicted, 'predictions')
  const counts = new Int32Array(classes * classes)
  for (let i = 0; i < truth.length; i++) {
    requireClass('true', truth[i], classes, i)
    requireClass('predicted', predicted[i], classes, i)
    counts[truth[i] * classes + predicted[i]]++
  }
  return { classes, counts }
}

const sumOver = (classes: number, count: (i: number) => number): number => {
  let sum = 0
  for (let i = 0; i < classes; i++) sum += count(i)
  return sum
}

/** Examples whose true class is `c`. */
export const trueCount = ({ classes, counts }: ConfusionMatrix, c: number): number =>
  sumOver(classes, (p) => counts[c * classes + p])

/** Examples that were predicted to be of class `c`. */
export const predictedCount = ({ classes, counts }: ConfusionMatrix, c: number): number =>
  sumOver(classes, (t) => counts[t * classes + c])

/** Examples whose prediction was right. */
export const correctCount = ({ classes, counts }: ConfusionMatrix): number =>
  sumOver(classes, (c) => counts[c * classes + c])

/** All examples. */
const totalCount = ({ counts }: ConfusionMatrix): number => sumOver(counts.length, (i) => counts[i])

/** correct / all; NaN where there are no examples. */
export const accuracy = (matrix: ConfusionMatrix): number => correctCount(matrix) / totalCount(matrix)

/** Lines that are longer are broken by terminals, and nobody finds a column any more. */
const longestLine = 120

/**
 * The matrix as text, one row for each true class, one column for each predicted one. Where the names would make longer lines than a terminal
 * has, columns have the numbers of the classes at their heads, from 0 on, and rows have both.
 */
export const printConfusionMatrix = (matrix: ConfusionMatrix, names: readonly string[]): string => {
  const { classes, counts } = matrix
  const corner = 'true \\ predicted'
  const cells = Array.from(counts, String)
  const widthFor = (columns: readonly string[]): number =>
    1 + Math.max(...cells.map((cell) => cell.length), ...columns.map((name) => name.length))
  const rowHeadFor = (rows: readonly string[]): number =>
    Math.max(...rows.map((name) => name.length), corner.length)
  const isNumbered = rowHeadFor(names) + 2 + classes * widthFor(names) > longestLine
  const columns = isNumbered ? names.map((_, c) => String(c)) : names
  const rows = isNumbered ? names.map((name, c) => `${name}  ${String(c).padStart(2)}`) : names
  const [rowHead, width] = [rowHeadFor(rows), widthFor(columns)]
  const line = (head: string, values: readonly string[]): string =>
    `${head.padStart(rowHead)} |${values.map((cell) => cell.padStart(width)).join('')}`
  return [
    line(corner, columns),
    `${'-'.repeat(rowHead + 1)}+${'-'.repeat(width * classes)}`,
    ...rows.map((name, c) => line(name, cells.slice(c * classes, (c + 1) * classes))),
  ].join('\n')
}
