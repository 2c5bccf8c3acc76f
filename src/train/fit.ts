import { setImmediate } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { batchIndices } from '../data/batches.js'
import { gatherImages } from '../data/imageBatch.js'
import type { ImageSet } from '../data/imageSet.js'
import type { PixelScale } from '../data/pixels.js'
import { epochFigures, type Figures, type History, stepsPerEpoch } from './history.js'
import type { Learner } from './learner.js'

/** Where training stands: a state, and what led to it. */
export type Position<S> = { readonly state: S; readonly history: History }

/** What happens while training; `save` may fail, and then training stops. */
export type FitEvents<S, F> = {
  readonly onEpochStart: (epoch: number, doneSteps: number) => void
  readonly onStep: (doneSteps: number, figures: Figures) => void
  readonly onEpochEnd: (epoch: number, figures: Figures, seconds: number) => void
  readonly onInterrupt: () => void
  readonly save: (position: Position<S>) => Promise<E.Either<F, void>>
}

export type FitOptions<S, F> = {
  readonly set: ImageSet
  readonly scale: PixelScale
  readonly batchSize: number
  /** Epochs in all, those before `start` included. */
  readonly epochs: number
  readonly start: Position<S>
  /** Steps between two saved positions, counted from the first step of all; ends of epochs are saved too. */
  readonly saveEvery: number
  /** When it is aborted, the step at hand is finished, the position saved, and training stops. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly events: FitEvents<S, F>
}

/** How training ended, and what this process spent on it. */
export type FitResult<S> = {
  readonly position: Position<S>
  readonly interrupted: boolean
  readonly trainedExamples: number
  readonly seconds: number
}

/** Figures of the epoch so far, without going through its steps each time. */
const runningFigures = (start: Figures) => {
  let { examples, loss, accuracy } = start
  let [lossSum, correctSum] = examples === 0 ? [0, 0] : [loss * examples, accuracy * examples]
  return (size: number, stepLoss: number, correct: number): Figures => {
    examples += size
    lossSum += size * stepLoss
    correctSum += correct
    loss = lossSum / examples
    accuracy = correctSum / examples
    return { examples, loss, accuracy }
  }
}

/**
 * Trains up to `epochs` epochs, from the start or from the middle of one: what a step does depends on its number and
 * the state alone, so stopping and resuming anywhere ends in the same bits. Saves before the first step, every
 * `saveEvery` steps, after every epoch and when it is interrupted. Yields to the event loop at every step, so that timers, signals and finalisers run.
 */
export const fit = async <S, F>(
  learner: Learner<S>,
  options: FitOptions<S, F>,
): Promise<E.Either<F, FitResult<S>>> => {
  const { set, scale, batchSize, epochs, start, saveEvery, signal, now, events } = options
  const plan = { examples: set.count, batchSize }
  const perEpoch = stepsPerEpoch(plan)
  const loss = Array.from(start.history.loss)
  const correct = Array.from(start.history.correct)
  const history = (): History => ({ loss: Float64Array.from(loss), correct: Float64Array.from(correct) })
  const began = now()
  let state = start.state
  let trainedExamples = 0
  const save = (): Promise<E.Either<F, void>> => events.save({ state, history: history() })
  const result = (interrupted: boolean): FitResult<S> => ({
    position: { state, history: history() },
    interrupted,
    trainedExamples,
    seconds: (now() - began) / 1000,
  })

  if (loss.length === 0) {
    const saved = await save()
    if (E.isLeft(saved)) return saved
  }
  for (let epoch = Math.floor(loss.length / perEpoch); epoch < epochs; epoch++) {
    const order = learner.order(epoch, set.count)
    const doneBefore = loss.length - epoch * perEpoch
    const epochBegan = now()
    const figures = runningFigures(epochFigures(history(), plan, epoch))
    events.onEpochStart(epoch, doneBefore)
    for (let batch = doneBefore; batch < perEpoch; batch++) {
      await setImmediate()
      if (signal.aborted) {
        events.onInterrupt()
        const saved = await save()
        return E.isLeft(saved) ? saved : E.right(result(true))
      }
      const examples = gatherImages(set, batchIndices(order, batchSize, batch), scale)
      const stepped = await learner.step(state, examples)
      state = stepped.state
      loss.push(stepped.loss)
      correct.push(stepped.correct)
      trainedExamples += examples.size
      events.onStep(batch + 1, figures(examples.size, stepped.loss, stepped.correct))
      if (loss.length % saveEvery === 0 && batch + 1 < perEpoch) {
        const saved = await save()
        if (E.isLeft(saved)) return saved
      }
    }
    events.onEpochEnd(epoch, epochFigures(history(), plan, epoch), (now() - epochBegan) / 1000)
    const saved = await save()
    if (E.isLeft(saved)) return saved
  }
  return E.right(result(false))
}
