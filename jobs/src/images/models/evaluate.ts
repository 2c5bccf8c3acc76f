import { setImmediate } from 'node:timers/promises'
import * as O from 'fp-ts/lib/Option.js'
import type { GradientState } from 'grad-ts/train'
import { imageDataset } from '../data/imageDataset.js'
import type { ImageSet } from '../data/imageSet.js'
import type { ImageClassifier } from './imageClassifier.js'
import { countRight, predictedClasses } from './predictedClass.js'

/** Images that are judged at once, wherever a model is tested: the last bits of a loss depend on it. */
const testBatchSize = 256

/** A judgement of examples: their mean loss, the predicted class of each, and the probabilities of all classes, [examples, classes]. */
export type Judged = {
  readonly loss: number
  readonly predicted: Uint32Array
  readonly scores: Float32Array
}

/** Figures of images with classes: the mean loss, and the share of right predictions. */
export type ClassifierFigures = { readonly loss: number; readonly accuracy: number }

/** Mean loss over all images, and what each is taken for, in their order; `none` when it was interrupted. */
export const evaluate = async <P, S>(
  { predict, classes }: Pick<ImageClassifier<P, S>, 'predict' | 'classes'>,
  state: GradientState<P, S>,
  set: ImageSet,
  signal: AbortSignal,
): Promise<O.Option<Judged>> => {
  const { count, batch } = imageDataset(set)
  const predicted = new Uint32Array(count)
  const scores = new Float32Array(count * classes)
  let lossSum = 0
  for (let at = 0; at < count; at += testBatchSize) {
    await setImmediate()
    if (signal.aborted) return O.none
    const size = Math.min(testBatchSize, count - at)
    const { loss, probabilities } = predict(
      state,
      await batch(Uint32Array.from({ length: size }, (_, i) => at + i)),
    )
    const own = Float32Array.from(await probabilities.data())
    lossSum += (await loss.data())[0] * size
    predicted.set(predictedClasses(own, classes), at)
    scores.set(own, at * classes)
  }
  return O.some({ loss: lossSum / count, predicted, scores })
}

/** Mean loss, and the share that was taken for what it is. */
export const figuresOf = ({ labels, count }: ImageSet, { loss, predicted }: Judged): ClassifierFigures => ({
  loss,
  accuracy: countRight(predicted, labels) / count,
})
