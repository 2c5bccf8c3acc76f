import { codecs } from 'grad-ts/io'
import {
  type ConfusionMatrix,
  classificationReport,
  classScores,
  confusionMatrix,
  foldAll,
  printConfusionMatrix,
  rocAucOneVsRest,
} from 'grad-ts/metrics'
import * as t from 'io-ts'
import { showFigures } from '../../progress/progress.js'
import type { ImageSet } from '../data/imageSet.js'
import type { Judged } from '../models/evaluate.js'
import { figuresOf } from '../models/evaluate.js'
import { AnyNumber } from './fieldCodecs.js'

const Natural = t.refinement(t.Integer, (n) => n >= 0, 'an integer, not negative')

const ClassFigures = codecs.closed(
  {
    name: t.string,
    precision: AnyNumber,
    recall: AnyNumber,
    f1: AnyNumber,
    support: Natural,
    rocAuc: AnyNumber,
  },
  'ClassFigures',
)

/**
 * How well a model does on images. The loss is the mean over images, the accuracy a fraction of 1; `rocAuc` is the mean over classes of
 * the area for each against the rest, NaN where a class has no image. Rows of the confusion matrix are true classes.
 */
const figures = {
  testExamples: Natural,
  testLoss: AnyNumber,
  testAccuracy: AnyNumber,
  rocAuc: AnyNumber,
  classes: t.array(ClassFigures),
  confusionMatrix: t.array(t.array(Natural)),
}
const Evaluation = t.strict(figures, 'Evaluation')
export type Evaluation = t.TypeOf<typeof Evaluation>

/**
 * An evaluation of a run, as `grad-ts eval --report` writes it: of which weights (`step` steps of training, `finished` or not; `weights` is
 * the file or folder), on which images, and the figures.
 */
export const EvaluationReport = codecs.closed(
  {
    version: t.literal(1),
    model: t.string,
    run: t.string,
    finished: t.boolean,
    step: Natural,
    weights: t.string,
    data: t.string,
    backend: t.string,
    ...figures,
  },
  'EvaluationReport',
)
export type EvaluationReport = t.TypeOf<typeof EvaluationReport>

const rowsOf = ({ classes, counts }: ConfusionMatrix): number[][] =>
  Array.from({ length: classes }, (_, c) => [...counts.subarray(c * classes, (c + 1) * classes)])

/** All that is said of a model on images, from what it made of them. */
export const evaluationOf = (test: ImageSet, judged: Judged): Evaluation => {
  const { labels, classes } = test
  const matrix = confusionMatrix(labels, judged.predicted, classes.length)
  const areas = foldAll(rocAucOneVsRest(classes.length), [{ truth: labels, scores: judged.scores }])
  const { loss, accuracy } = figuresOf(test, judged)
  return {
    testExamples: test.count,
    testLoss: loss,
    testAccuracy: accuracy,
    rocAuc: areas.macro,
    classes: classScores(matrix).map((scores, c) => ({
      name: classes[c],
      ...scores,
      rocAuc: areas.classes[c],
    })),
    confusionMatrix: rowsOf(matrix),
  }
}

/** The JSON text of an evaluation. */
export const printEvaluation = (report: EvaluationReport): string =>
  `${JSON.stringify(EvaluationReport.encode(report), null, 2)}\n`

/** How well a model does on images, as text: loss and accuracy, the report by class, the confusion matrix. */
export const judgedText = (test: ImageSet, judged: Judged): string => {
  const matrix = confusionMatrix(test.labels, judged.predicted, test.classes.length)
  return [
    `test  ${showFigures(figuresOf(test, judged))}\n`,
    classificationReport(matrix, test.classes),
    `${printConfusionMatrix(matrix, test.classes)}\n`,
  ].join('\n')
}
