import type { Classified } from './classified.js'
import { type ConfusionMatrix, confusionMatrix } from './confusionMatrix.js'
import type { Fold } from './fold.js'

/** Matrices of one number of classes add up, count by count. */
const addMatrices = (a: ConfusionMatrix, b: ConfusionMatrix): ConfusionMatrix => ({
  classes: a.classes,
  counts: a.counts.map((count, i) => count + b.counts[i]),
})

/**
 * Counts pairs of true and predicted classes, each in 0…classes − 1.
 * @throws GradError where a class is out of range; ShapeError where the two arrays differ in length.
 * @example
 * ```ts
 * import { confusionFold } from 'grad-ts/metrics'
 *
 * const { empty, add } = confusionFold(2)
 * add(empty, { truth: [0, 2], predicted: [0, 1] })
 * // => throws GradError: classes from 0 to 1 are required, got a true class 2 at index 1
 * ```
 */
export const confusionFold = (classes: number): Fold<Classified, ConfusionMatrix, ConfusionMatrix> => ({
  empty: { classes, counts: new Int32Array(classes * classes) },
  add: (state, { truth, predicted }) => addMatrices(state, confusionMatrix(truth, predicted, classes)),
  merge: addMatrices,
  result: (state) => state,
})
