import { setImmediate } from 'node:timers/promises'
import * as O from 'fp-ts/lib/Option.js'
import { batchCount, batchIndices, inOrder } from '../../../../src/data/batches.js'
import type { Figures } from '../../../../src/train/history.js'
import type { Judged, Learner } from '../../../../src/train/learner.js'
import { gatherImages } from '../data/imageBatch.js'
import type { ImageSet } from '../data/imageSet.js'
import { countRight } from './predictedClass.js'

/** Images that are judged at once, wherever a model is tested: the last bits of a loss depend on it. */
export const testBatchSize = 256

export type EvaluateOptions = {
  readonly set: ImageSet
  readonly batchSize: number
  readonly signal: AbortSignal
}

/** Mean loss over all images, and what each is taken for, in their order; `none` when it was interrupted. */
export const evaluate = async <S>(
  learner: Learner<S>,
  state: S,
  { set, batchSize, signal }: EvaluateOptions,
): Promise<O.Option<Judged>> => {
  const order = inOrder(set.count)
  const predicted = new Uint32Array(set.count)
  const scores = new Float32Array(set.count * learner.classes)
  let lossSum = 0
  for (let batch = 0; batch < batchCount(set.count, batchSize, 'keep'); batch++) {
    await setImmediate()
    if (signal.aborted) return O.none
    const examples = gatherImages(set, batchIndices(order, batchSize, batch))
    const judged = await learner.judge(state, examples)
    lossSum += judged.loss * examples.size
    predicted.set(judged.predicted, batch * batchSize)
    scores.set(judged.scores, batch * batchSize * learner.classes)
  }
  return O.some({ loss: lossSum / set.count, predicted, scores })
}

/** Mean loss, and the share that was taken for what it is. */
export const figuresOf = ({ labels, count }: ImageSet, { loss, predicted }: Judged): Figures => ({
  examples: count,
  loss,
  accuracy: countRight(predicted, labels) / count,
})
