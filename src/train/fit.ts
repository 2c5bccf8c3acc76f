import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { promised } from '../graph/promised.js'
import { callbackMonoid, type Position, type TrainCallback } from './callback.js'
import { bestEpoch, earlyStopping, type Monitor } from './callbacks/earlyStopping.js'
import { finiteLoss } from './callbacks/finiteLoss.js'
import { judgeAll } from './evaluate.js'
import { noSignal, type StopSignal } from './eventLoop.js'
import type { Failure } from './failure.js'
import { type FitOptions, requireFitOptions } from './fitOptions.js'
import type { History } from './history.js'
import { type LoopResult, trainingLoop } from './loop.js'
import { inMemory, type Place } from './run.js'
import type { Figures, Task } from './task.js'

/** How training ended, and what this process spent on it. */
export type FitResult<S> = {
  /** The state of the epoch that was best in validation; the last one where there is no validation. */
  readonly state: S
  readonly history: History
  /** The best epoch, counted from 0; `null` without validation. */
  readonly bestEpoch: number | null
  /** `stopped`: by early stopping or by a callback; `interrupted`: by the signal. */
  readonly ending: LoopResult<S>['ending']
  readonly trainedExamples: number
  readonly seconds: number
}

const monitorOf = <S extends object, B, F extends Figures>({ monitor }: FitOptions<S, B, F>): Monitor =>
  monitor ?? { figure: 'loss', mode: 'min' }

/** All that happens beside a training; checkpoints last. */
const callbackOf = <S extends object, B, F extends Figures>(
  options: FitOptions<S, B, F>,
  { checkpoints: folder, kept, records }: Place<S, F>,
  start: Position<S>,
): TE.TaskEither<Failure, TrainCallback<S, F>> => {
  const { callbacks = [], patience = null } = options
  const keep = (state: S, epoch: number): Promise<E.Either<Failure, void>> => kept.keep(state, epoch + 1)()
  return pipe(
    records(start),
    TE.map(({ logs, checkpoints }) =>
      concatAll(callbackMonoid<S, F>())([
        finiteLoss<S>(folder),
        ...callbacks,
        logs,
        earlyStopping<S>(monitorOf(options), patience, keep),
        checkpoints,
      ]),
    ),
  )
}

/** Judges a state on what there is to validate with. */
const validateOf = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  { validation, batchSize }: FitOptions<S, B, F>,
  signal: StopSignal,
): { readonly validate?: (state: S) => Promise<O.Option<F>> } => {
  if (validation === undefined) return {}
  return {
    validate: async (state) =>
      typeof validation === 'function'
        ? O.fromNullable(await validation(state, signal))
        : judgeAll(task, state, validation, { batchSize, signal }),
  }
}

const trainIn = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
  place: Place<S, F>,
): TE.TaskEither<Failure, FitResult<S>> => {
  const { train, batchSize, epochs, seed = 0 } = options
  const { signal = noSignal, now = () => performance.now() } = options
  const { figure, mode } = monitorOf(options)
  return pipe(
    place.start,
    TE.bindTo('start'),
    TE.bind('callback', ({ start }) => callbackOf(options, place, start)),
    TE.chain(({ start, callback }) => () => {
      const validated = validateOf(task, options, signal)
      return trainingLoop(task, {
        train,
        batchSize,
        epochs,
        seed,
        start,
        signal,
        now,
        callback,
        ...validated,
      })
    }),
    TE.chain(({ position: { state, history }, ...how }) => {
      const best = bestEpoch(history.validation[figure] ?? [], mode)
      return pipe(
        best < 0 || how.ending === 'interrupted' ? TE.right(state) : place.kept.put(state),
        TE.map((state) => ({ state, history, bestEpoch: best < 0 ? null : best, ...how })),
      )
    }),
  )
}

/** `fit`, as a task whose failures are values. */
export const fitTask = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
): TE.TaskEither<Failure, FitResult<S>> => {
  requireFitOptions(task, options)
  return (options.run ?? inMemory).use(task, options, (place) =>
    pipe(
      trainIn(task, options, place),
      TE.map((value) => ({ value, isBegun: value.history.weights.length > 0 })),
    ),
  )
}

/**
 * Trains a task: epochs of batches in an order that follows from the seed, with whatever is asked for beside them: validation, early
 * stopping, callbacks, and a folder that keeps the run. It stops where a loss is not finite.
 * @param options.run `inFolder` of `grad-ts/runs` writes logs and checkpoints, and resumes a run that was killed to the same bits
 * @throws GradError on a wrong option; (rejects with) an error whose `_tag` says what happened: Diverged, and those of the run
 * @example
 * ```ts
 * import { np, optim } from 'grad-ts'
 * import { fit, gradientTask, tensorDataset } from 'grad-ts/train'
 * const task = gradientTask({
 *   name: 'mean',
 *   init: () => ({ params: { at: np.array(0) }, state: null }),
 *   loss: ({ at }, { x }) => np.mean(np.square(x.sub(at))),
 *   optimizer: optim.sgd(0.1),
 * })
 * const data = tensorDataset({ x: np.array([1, 2, 3]) })
 * const { state, history } = await fit(task, { train: data, validation: data, batchSize: 3, epochs: 50, patience: 5 })
 * state.params.at.item() // => 2.000
 * Object.keys(history.validation) // => ['loss']
 * ```
 */
export const fit = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
): Promise<FitResult<S>> => promised(() => fitTask(task, options))
