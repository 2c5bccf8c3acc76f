import { batchCount, batchIndices } from '../src/data/batches.js'
import { gatherImages, type ImageBatch } from '../src/data/imageBatch.js'
import type { ImageSet } from '../src/data/imageSet.js'
import { imageClassifier } from '../src/train/imageClassifier.js'
import { mnistMlp } from '../src/train/mnistMlp.js'

export type TrainingOptions = {
  readonly backend: string
  readonly rate: number
  readonly steps: number
  readonly digits: ImageSet
  /** Judged before the first step, every `judgeEvery` steps, and after the last. */
  readonly unseen: ImageBatch
  readonly judgeEvery: number
}

/** What training did last. */
export type Progress =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'judged'; readonly step: number; readonly predicted: Uint32Array }

const batchSize = 64

/** Lets the page draw and answer. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** Trains, step by step; between them the page has its turn. The state of each step is donated to the next. */
export async function* training({
  backend,
  rate,
  steps,
  digits,
  unseen,
  judgeEvery,
}: TrainingOptions): AsyncGenerator<Progress, void, void> {
  const config = {
    lr: rate,
    weightDecay: 0,
    schedule: 'constant',
    accumulate: 1,
    average: null,
    seed: 0,
  } as const
  const learner = imageClassifier(mnistMlp, { config: { ...config, backend }, steps })
  const perEpoch = batchCount(digits.count, batchSize, 'drop')
  let state = learner.init
  const judged = async (step: number): Promise<Progress> => {
    const { predicted } = await learner.judge(state, unseen)
    return { kind: 'judged', step, predicted }
  }
  yield await judged(0)
  let order = new Uint32Array()
  for (let step = 0; step < steps; step++) {
    const at = step % perEpoch
    if (at === 0) order = Uint32Array.from(learner.order(step / perEpoch, digits.count))
    const stepped = await learner.step(state, gatherImages(digits, batchIndices(order, batchSize, at)))
    state = stepped.state
    yield { kind: 'step', step: step + 1, loss: stepped.loss }
    if ((step + 1) % judgeEvery === 0 || step + 1 === steps) yield await judged(step + 1)
    await breath()
  }
}
