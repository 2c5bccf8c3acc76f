import type { ImageSet } from '../data/imageSet.js'
import { classificationReport } from './classificationReport.js'
import { confusionMatrix, printConfusionMatrix } from './confusionMatrix.js'
import { figuresOf } from './evaluate.js'
import type { Judged } from './learner.js'
import { showFigures } from './progress.js'

/** How well a model does on images, as text: loss and accuracy, the report by class, the confusion matrix. */
export const judgedText = (test: ImageSet, judged: Judged): string => {
  const matrix = confusionMatrix(test.labels, judged.predicted, test.classes.length)
  return [
    `test  ${showFigures(figuresOf(test, judged))}\n`,
    classificationReport(matrix, test.classes),
    `${printConfusionMatrix(matrix, test.classes)}\n`,
  ].join('\n')
}
