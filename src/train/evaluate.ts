import { setImmediate } from 'node:timers/promises'
import * as O from 'fp-ts/lib/Option.js'
import { batchCount, batchIndices, inOrder } from '../data/batches.js'
import { gatherImages } from '../data/imageBatch.js'
import type { ImageSet } from '../data/imageSet.js'
import type { PixelScale } from '../data/pixels.js'
import type { Judged, Learner } from './learner.js'

export type EvaluateOptions = {
  readonly set: ImageSet
  readonly scale: PixelScale
  readonly batchSize: number
  readonly signal: AbortSignal
}

/** Mean loss over all images, and the predicted class of each, in their order; `none` when it was interrupted. */
export const evaluate = async <S>(
  learner: Learner<S>,
  state: S,
  { set, scale, batchSize, signal }: EvaluateOptions,
): Promise<O.Option<Judged>> => {
  const order = inOrder(set.count)
  const predicted = new Uint8Array(set.count)
  let lossSum = 0
  for (let batch = 0; batch < batchCount(set.count, batchSize, 'keep'); batch++) {
    await setImmediate()
    if (signal.aborted) return O.none
    const examples = gatherImages(set, batchIndices(order, batchSize, batch), scale)
    const judged = await learner.judge(state, examples)
    lossSum += judged.loss * examples.size
    predicted.set(judged.predicted, batch * batchSize)
  }
  return O.some({ loss: lossSum / set.count, predicted })
}
