import { classificationReport, confusionMatrix, printConfusionMatrix } from 'grad-ts/metrics'
import { showFigures } from '../../progress/progress.js'
import type { ImageSet } from '../data/imageSet.js'
import type { Judged } from '../models/evaluate.js'
import { figuresOf } from '../models/evaluate.js'

/** How well a model does on images, as text: loss and accuracy, the report by class, the confusion matrix. */
export const judgedText = (test: ImageSet, judged: Judged): string => {
  const matrix = confusionMatrix(test.labels, judged.predicted, test.classes.length)
  return [
    `test  ${showFigures(figuresOf(test, judged))}\n`,
    classificationReport(matrix, test.classes),
    `${printConfusionMatrix(matrix, test.classes)}\n`,
  ].join('\n')
}
