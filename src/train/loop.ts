import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { batchIndices } from '../data/batches.js'
import type { Dataset } from '../data/dataset.js'
import { type EpochOrder, epochOrder } from '../data/epochOrder.js'
import { GradError } from '../ir/errors.js'
import {
  answerOf,
  type EpochEvent,
  type Hook,
  type Position,
  type TrainCallback,
  type TrainEvent,
} from './callback.js'
import { type StopSignal, turn } from './eventLoop.js'
import type { Failure } from './failure.js'
import { type EpochPlan, epochMeans, HistoryRecorder, stepsPerEpoch } from './history.js'
import { type Figures, readMeasured, type Task } from './task.js'

export type LoopOptions<S extends object, B, F extends Figures> = {
  readonly train: Dataset<B>
  readonly batchSize: number
  /** Epochs in all, those before `start` included. */
  readonly epochs: number
  readonly seed: number
  readonly start: Position<S>
  /** Judges a state after each epoch, on examples that are not trained on; `none` when it was interrupted. */
  readonly validate?: (state: S) => Promise<O.Option<F>>
  /** When it is aborted, the step at hand is finished, and training stops. */
  readonly signal: StopSignal
  readonly now: () => number
  readonly callback: TrainCallback<S, F>
}

/** How training ended, and what this process spent on it. */
export type LoopResult<S> = {
  readonly position: Position<S>
  /** `stopped`: a callback said so. */
  readonly ending: 'finished' | 'stopped' | 'interrupted'
  readonly trainedExamples: number
  readonly seconds: number
}

/** @throws GradError where a dataset's own order is not of all its examples */
const orderOf = <B>({ count, order }: Dataset<B>, epoch: EpochOrder): Uint32Array => {
  const own = order?.(epoch) ?? epochOrder(count, epoch)
  if (own.length === count) return own
  throw new GradError(`fit: an order of the ${count} examples is required of the dataset, got ${own.length}.`)
}

/** A run of training: what changes while it goes on. */
class Loop<S extends object, B, F extends Figures> {
  #state: S
  readonly #record: HistoryRecorder
  readonly #plan: EpochPlan
  readonly #perEpoch: number
  #trainedExamples = 0
  readonly #began: number

  readonly #task: Task<S, B, F>
  readonly #options: LoopOptions<S, B, F>

  constructor(task: Task<S, B, F>, options: LoopOptions<S, B, F>) {
    this.#task = task
    this.#options = options
    this.#state = options.start.state
    this.#record = new HistoryRecorder(options.start.history)
    this.#plan = { examples: options.train.count, batchSize: options.batchSize }
    this.#perEpoch = stepsPerEpoch(this.#plan)
    this.#began = options.now()
  }

  #position(): Position<S> {
    return { state: this.#state, history: this.#record.history() }
  }

  #event(epoch: number): TrainEvent<S> {
    const { examples, batchSize } = this.#plan
    const doneSteps = this.#record.steps - epoch * this.#perEpoch
    return {
      epoch,
      epochs: this.#options.epochs,
      doneSteps,
      stepsPerEpoch: this.#perEpoch,
      doneExamples: Math.min(doneSteps * batchSize, examples),
      examples,
      position: () => this.#position(),
    }
  }

  #result(ending: LoopResult<S>['ending']): E.Either<Failure, LoopResult<S>> {
    const seconds = (this.#options.now() - this.#began) / 1000
    return E.right({ position: this.#position(), ending, trainedExamples: this.#trainedExamples, seconds })
  }

  /** The end, where a hook says so or fails. */
  async #ended<A>(hook: Hook<A> | undefined, event: A): Promise<E.Either<Failure, LoopResult<S>> | null> {
    const answer = await answerOf(hook, event)
    return E.isLeft(answer) ? answer : answer.right === 'stop' ? this.#result('stopped') : null
  }

  /** Ends within an epoch. */
  async #leave(epoch: number, ending: 'interrupted' | 'stopped'): Promise<E.Either<Failure, LoopResult<S>>> {
    const failed = await this.#ended(this.#options.callback.onInterrupt, this.#event(epoch))
    return failed !== null && E.isLeft(failed) ? failed : this.#result(ending)
  }

  async run(): Promise<E.Either<Failure, LoopResult<S>>> {
    const { epochs, callback } = this.#options
    const first = Math.floor(this.#record.steps / this.#perEpoch)
    // an epoch whose steps are done, and which was interrupted before it was judged
    const isPending = this.#options.validate !== undefined && this.#record.validated < first
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

  async #epoch(epoch: number): Promise<E.Either<Failure, LoopResult<S>> | null> {
    const { train, batchSize, seed, signal, now, callback } = this.#options
    const order = orderOf(train, { seed, epoch })
    const began = now()
    const running = epochMeans<F>(this.#record.history(), this.#plan, epoch)
    const over = await this.#ended(callback.onEpochStart, this.#event(epoch))
    if (over !== null) return over
    for (let i = this.#record.steps - epoch * this.#perEpoch; i < this.#perEpoch; i++) {
      await turn()
      if (signal.aborted) return this.#leave(epoch, 'interrupted')
      const indices = batchIndices(order, batchSize, i)
      const stepped = await this.#task.step(this.#state, await train.batch(indices))
      const { figures, weight } = await readMeasured<F>(stepped, indices.length)
      this.#state = stepped.state
      this.#record.addStep(weight, figures)
      this.#trainedExamples += indices.length
      running.add(weight, figures)
      const over = await this.#ended(callback.onStep, {
        ...this.#event(epoch),
        figures,
        means: running.means,
      })
      if (over !== null) return E.isLeft(over) ? over : this.#leave(epoch, 'stopped')
    }
    return this.#finishEpoch(epoch, (now() - began) / 1000)
  }

  async #finishEpoch(epoch: number, seconds: number): Promise<E.Either<Failure, LoopResult<S>> | null> {
    const { validate, callback } = this.#options
    const validation = validate === undefined ? O.none : await validate(this.#state)
    if (validate !== undefined && O.isNone(validation)) return this.#leave(epoch, 'interrupted')
    if (O.isSome(validation)) this.#record.addValidation(validation.value)
    const { means } = epochMeans<F>(this.#record.history(), this.#plan, epoch)
    const event: EpochEvent<S, F> = {
      ...this.#event(epoch),
      means,
      validation: O.toNullable(validation),
      seconds,
    }
    return this.#ended(callback.onEpochEnd, event)
  }
}

/**
 * Trains up to `epochs` epochs, from the start or from the middle of one: what a step does depends on its number and
 * the state alone, so stopping and resuming anywhere ends in the same bits. Yields to the event loop at every step, so that
 * timers, signals and finalisers run.
 */
export const trainingLoop = async <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: LoopOptions<S, B, F>,
): Promise<E.Either<Failure, LoopResult<S>>> => {
  const end = (): Promise<E.Either<Failure, unknown>> => answerOf(options.callback.onEnd, undefined)
  let result: E.Either<Failure, LoopResult<S>>
  try {
    result = await new Loop(task, options).run()
  } catch (error) {
    await end() // files and bars are closed also where a step throws
    throw error
  }
  const closed = await end()
  return E.isRight(result) && E.isLeft(closed) ? closed : result
}
