import type { ImageBatch } from '../jobs/src/images/data/imageBatch.js'
import { imageDataset, labelledImages } from '../jobs/src/images/data/imageDataset.js'
import type { ImageSet } from '../jobs/src/images/data/imageSet.js'
import { imageClassifier } from '../jobs/src/images/models/imageClassifier.js'
import { mnistMlp } from '../jobs/src/images/models/mnistMlp.js'
import { predictedClasses } from '../jobs/src/images/models/predictedClass.js'
import { batchCount, batchIndices } from '../src/data/batches.js'
import { epochOrder } from '../src/data/epochOrder.js'
import { stateFromHost, stateToHost } from '../src/train/stateOnHost.js'
import { readMeasured } from '../src/train/task.js'

type TrainOptions = {
  readonly backend: string
  readonly rate: number
  /** Steps from here on. */
  readonly steps: number
  readonly judgeEvery: number
  /** Asks it to stop after the step at hand. */
  readonly signal: AbortSignal
}

/** The last event of training. */
type Progress =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'judged'; readonly step: number; readonly predicted: Uint32Array }

/** A network that learns and reads. */
export type DigitTrainer = {
  /** Steps so far. */
  readonly done: () => number
  /** Goes on training from where it stands, on whichever backend and at whichever rate. */
  readonly train: (options: TrainOptions) => AsyncGenerator<Progress, void, void>
  /** Probabilities of the ten digits for one image, also while it trains. */
  readonly read: (digit: ImageBatch, backend: string) => Promise<Float32Array>
  /** Forgets all. */
  readonly startOver: () => void
}

const batchSize = 64

/** Lets the page draw and answer. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const seed = 0
const classes = 10

const classifierOn = (backend: string, lr: number) =>
  imageClassifier(mnistMlp, {
    config: { lr, backend, weightDecay: 0, schedule: 'constant', accumulate: 1, average: null, seed },
    steps: 1, // a constant rate asks for no number
  })
type Classifier = ReturnType<typeof classifierOn>
type Current = {
  readonly backend: string
  readonly rate: number
  readonly classifier: Classifier
  readonly state: ReturnType<Classifier['task']['init']>
}

/** Probabilities of all digits for each image of a batch. */
const scoresOf = async (
  { predict }: Classifier,
  state: Current['state'],
  batch: ImageBatch,
): Promise<Float32Array> =>
  Float32Array.from(await predict(state, labelledImages(batch)).probabilities.data())

/** A trainer on `digits`, which judges itself by `unseen` before the first step, every few steps, and after the last. */
export const digitTrainer = (digits: ImageSet, unseen: ImageBatch): DigitTrainer => {
  const examples = imageDataset(digits)
  const perEpoch = batchCount(digits.count, batchSize, 'drop')
  let current: Current | null = null
  let done = 0
  let order: Uint32Array = new Uint32Array()
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: a step uses up the state that it begins with, so nothing may look at it meanwhile. */
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
  /** The network on a backend, moved there from another where it has learnt something. */
  const on = async (backend: string, rate: number | null): Promise<Current> => {
    if (current !== null && (rate === null || (current.backend === backend && current.rate === rate)))
      return current
    const classifier = classifierOn(backend, rate ?? 1e-3)
    const first = classifier.task.init(seed)
    const state = current === null ? first : stateFromHost(first, await stateToHost(current.state))
    current = { backend, rate: rate ?? 1e-3, classifier, state }
    return current
  }
  const step = async (backend: string, rate: number): Promise<Progress> => {
    const { classifier, state } = await on(backend, rate)
    const at = done % perEpoch
    if (at === 0 || order.length === 0)
      order = epochOrder(digits.count, { seed, epoch: Math.floor(done / perEpoch) })
    const stepped = await classifier.task.step(
      state,
      await examples.batch(batchIndices(order, batchSize, at)),
    )
    const { figures } = await readMeasured(stepped, batchSize)
    current = { backend, rate, classifier, state: stepped.state }
    done++
    return { kind: 'step', step: done, loss: figures.loss }
  }
  const judged = async (backend: string, rate: number): Promise<Progress> => {
    const { classifier, state } = await on(backend, rate)
    const scores = await scoresOf(classifier, state, unseen)
    return { kind: 'judged', step: done, predicted: predictedClasses(scores, classes) }
  }

  return {
    done: () => done,
    async *train({ backend, rate, steps, judgeEvery, signal }) {
      yield await inTurn(() => judged(backend, rate))
      for (const end = done + steps; done < end && !signal.aborted; ) {
        yield await inTurn(() => step(backend, rate))
        if (done % judgeEvery === 0 || done === end || signal.aborted)
          yield await inTurn(() => judged(backend, rate))
        await breath()
      }
    },
    read: (digit, backend) =>
      inTurn(async () => {
        const { classifier, state } = await on(backend, null)
        return scoresOf(classifier, state, digit)
      }),
    startOver: () => {
      current = null
      done = 0
      order = new Uint32Array()
    },
  }
}
