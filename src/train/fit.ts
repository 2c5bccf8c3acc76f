import { setImmediate } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { gatherImages } from '../../jobs/src/images/data/imageBatch.js'
import type { ImageSet } from '../../jobs/src/images/data/imageSet.js'
import { batchIndices } from '../data/batches.js'
import type { EpochEvent, Hook, Position, TrainCallback, TrainEvent } from './callback.js'
import {
  addStep,
  epochFigures,
  epochSums,
  type Figures,
  figuresOfSums,
  type History,
  stepsPerEpoch,
} from './history.js'
import type { Learner } from './learner.js'

export type FitOptions<S, F> = {
  readonly set: ImageSet
  readonly batchSize: number
  /** Epochs in all, those before `start` included. */
  readonly epochs: number
  readonly start: Position<S>
  /** Judges a state after each epoch, on images that are not trained on; `none` when it was interrupted. */
  readonly validate?: (state: S) => Promise<O.Option<Figures>>
  /** When it is aborted, the step at hand is finished, and training stops. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly callback: TrainCallback<S, F>
}

/** How training ended, and what this process spent on it. */
export type FitResult<S> = {
  readonly position: Position<S>
  /** `stopped`: a callback said so. */
  readonly ending: 'finished' | 'stopped' | 'interrupted'
  readonly trainedExamples: number
  readonly seconds: number
}

/** A run of training: what changes while it goes on. */
class Fit<S, F> {
  #state: S
  readonly loss: number[]
  readonly correct: number[]
  readonly #validationLoss: number[]
  readonly #validationAccuracy: number[]
  readonly #perEpoch: number
  #trainedExamples = 0
  readonly #began: number

  readonly #learner: Learner<S>
  readonly #options: FitOptions<S, F>

  constructor(learner: Learner<S>, options: FitOptions<S, F>) {
    this.#learner = learner
    this.#options = options

    const { state, history } = options.start
    this.#state = state
    this.loss = Array.from(history.loss)
    this.correct = Array.from(history.correct)
    this.#validationLoss = Array.from(history.validationLoss)
    this.#validationAccuracy = Array.from(history.validationAccuracy)
    this.#perEpoch = stepsPerEpoch({ examples: options.set.count, batchSize: options.batchSize })
    this.#began = options.now()
  }

  get #plan() {
    return { examples: this.#options.set.count, batchSize: this.#options.batchSize }
  }

  #history(): History {
    return {
      loss: Float64Array.from(this.loss),
      correct: Float64Array.from(this.correct),
      validationLoss: Float64Array.from(this.#validationLoss),
      validationAccuracy: Float64Array.from(this.#validationAccuracy),
    }
  }

  #event(epoch: number): TrainEvent<S> {
    return {
      epoch,
      doneSteps: this.loss.length - epoch * this.#perEpoch,
      stepsPerEpoch: this.#perEpoch,
      position: () => ({ state: this.#state, history: this.#history() }),
    }
  }

  #result(ending: FitResult<S>['ending']): E.Either<F, FitResult<S>> {
    const seconds = (this.#options.now() - this.#began) / 1000
    const position = { state: this.#state, history: this.#history() }
    return E.right({ position, ending, trainedExamples: this.#trainedExamples, seconds })
  }

  /** What a hook that ends training makes of it. */
  async #ended<A>(hook: Hook<A, F> | undefined, event: A): Promise<E.Either<F, FitResult<S>> | null> {
    const said = await hook?.(event)
    if (said === undefined) return null
    return E.isLeft(said) ? said : said.right === 'stop' ? this.#result('stopped') : null
  }

  async #interrupted(epoch: number): Promise<E.Either<F, FitResult<S>>> {
    const failed = await this.#ended(this.#options.callback.onInterrupt, this.#event(epoch))
    return failed !== null && E.isLeft(failed) ? failed : this.#result('interrupted')
  }

  async run(): Promise<E.Either<F, FitResult<S>>> {
    const { epochs, callback } = this.#options
    const first = Math.floor(this.loss.length / this.#perEpoch)
    // an epoch whose steps are done, and which was interrupted before it was judged
    const isPending = this.#options.validate !== undefined && this.#validationLoss.length < first
    const over = await this.#ended(callback.onStart, this.#event(isPending ? first - 1 : first))
    if (over !== null) return over
    if (isPending) {
      const over = await this.#finishEpoch(first - 1, 0)
      if (over !== null) return over
    }
    for (let epoch = first; epoch < epochs; epoch++) {
      const over = await this.#epoch(epoch)
      if (over !== null) return over
    }
    return this.#result('finished')
  }

  async #epoch(epoch: number): Promise<E.Either<F, FitResult<S>> | null> {
    const [learner, options] = [this.#learner, this.#options] as const
    const { set, batchSize, signal, now, callback } = options
    const order = learner.order(epoch, set.count)
    const began = now()
    let sums = epochSums(this, this.#plan, epoch)
    const over = await this.#ended(callback.onEpochStart, this.#event(epoch))
    if (over !== null) return over
    for (let batch = this.loss.length - epoch * this.#perEpoch; batch < this.#perEpoch; batch++) {
      await setImmediate()
      if (signal.aborted) return this.#interrupted(epoch)
      const examples = gatherImages(set, batchIndices(order, batchSize, batch))
      const stepped = await learner.step(this.#state, examples)
      this.#state = stepped.state
      this.loss.push(stepped.loss)
      this.correct.push(stepped.correct)
      this.#trainedExamples += examples.size
      sums = addStep(sums, examples.size, stepped.loss, stepped.correct)
      const over = await this.#ended(callback.onStep, {
        ...this.#event(epoch),
        loss: stepped.loss,
        accuracy: stepped.correct / examples.size,
        figures: figuresOfSums(sums),
      })
      if (over !== null) return over
    }
    return this.#finishEpoch(epoch, (now() - began) / 1000)
  }

  async #finishEpoch(epoch: number, seconds: number): Promise<E.Either<F, FitResult<S>> | null> {
    const { validate, callback } = this.#options
    const validation = validate === undefined ? O.none : await validate(this.#state)
    if (validate !== undefined && O.isNone(validation)) return this.#interrupted(epoch)
    if (O.isSome(validation)) {
      this.#validationLoss.push(validation.value.loss)
      this.#validationAccuracy.push(validation.value.accuracy)
    }
    const figures = epochFigures(this.#history(), this.#plan, epoch)
    const event: EpochEvent<S> = { ...this.#event(epoch), figures, validation, seconds }
    return this.#ended(callback.onEpochEnd, event)
  }
}

/**
 * Trains up to `epochs` epochs, from the start or from the middle of one: what a step does depends on its number and
 * the state alone, so stopping and resuming anywhere ends in the same bits. Yields to the event loop at every step, so that
 * timers, signals and finalisers run.
 */
export const fit = async <S, F>(
  learner: Learner<S>,
  options: FitOptions<S, F>,
): Promise<E.Either<F, FitResult<S>>> => {
  const end = async () => options.callback.onEnd?.()
  let result: E.Either<F, FitResult<S>>
  try {
    result = await new Fit(learner, options).run()
  } catch (error) {
    await end() // files and bars are closed also where a step throws
    throw error
  }
  const closed = await end()
  return E.isRight(result) && closed !== undefined && E.isLeft(closed) ? closed : result
}
