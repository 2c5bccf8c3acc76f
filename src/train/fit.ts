import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError } from '../formats/ioError.js'
import { manifestName } from '../io/checkpoint.js'
import { callbackMonoid, type Position, type TrainCallback } from './callback.js'
import { checkpointing } from './callbacks/checkpointing.js'
import { bestEpoch, earlyStopping, type Monitor } from './callbacks/earlyStopping.js'
import { finiteLoss } from './callbacks/finiteLoss.js'
import { metricLogs } from './callbacks/metricLogs.js'
import { judgeAll } from './evaluate.js'
import type { Failure } from './failure.js'
import { type FitOptions, requireFitOptions } from './fitOptions.js'
import { emptyHistory, type History, stepsPerEpoch, validatedEpochs } from './history.js'
import { type KeptVariables, keptOnDisk, keptOnHost } from './keptVariables.js'
import { type LoopResult, trainingLoop } from './loop.js'
import { checkpointFolder, loadPosition, type RunConfig, savedRun, savePosition } from './positionFile.js'
import { inRunFolder, madeFolder } from './runFolder.js'
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

/** Everything is in this folder, if there is one. */
type Place = { readonly folder: string; readonly resume: boolean } | null

const configOf = <S extends object, B, F extends Figures>({
  train,
  batchSize,
  seed = 0,
  config = {},
}: FitOptions<S, B, F>): RunConfig => ({ examples: train.count, batchSize, seed, options: config })

/** That a run which is resumed gets the batches that it would have got. */
const requireSamePlan = (folder: string, saved: RunConfig, now: RunConfig): E.Either<IoError, void> => {
  const changed = (['examples', 'batchSize', 'seed'] as const).find((name) => saved[name] !== now[name])
  return changed === undefined
    ? E.right(undefined)
    : E.left(
        ioFormatError(
          join(checkpointFolder(folder), manifestName),
          `${changed} ${now[changed]}`,
          `${saved[changed]}`,
          'Resume a run with the data and options that it was begun with, or begin another.',
        ),
      )
}

const startOf = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
  place: Place,
): TE.TaskEither<Failure, Position<S>> => {
  const config = configOf(options)
  if (place === null || !place.resume)
    return TE.fromIO(() => ({ state: task.init(config.seed), history: emptyHistory }))
  return pipe(
    savedRun(place.folder),
    TE.chainEitherK((saved) => requireSamePlan(place.folder, saved.config, config)),
    TE.chain(() => loadPosition(place.folder, task, config.seed)),
  )
}

const logsOf = <S extends object, B, F extends Figures>(
  { train, batchSize, validation, scalars = () => ({}), wallTime = Date.now }: FitOptions<S, B, F>,
  { history }: Position<S>,
  { folder, resume }: NonNullable<Place>,
) => {
  const perEpoch = stepsPerEpoch({ examples: train.count, batchSize })
  const step = history.weights.length
  // with validation, an epoch has figures once it was judged
  const epoch = validation === undefined ? Math.floor(step / perEpoch) : validatedEpochs(history)
  const resumeAt = resume ? { step, epoch } : null
  return metricLogs<S>({ folder, resumeAt, stepsPerEpoch: perEpoch, scalars, wallTime })
}

const monitorOf = <S extends object, B, F extends Figures>({ monitor }: FitOptions<S, B, F>): Monitor =>
  monitor ?? { figure: 'loss', mode: 'min' }

/** All that happens beside a training; checkpoints last, so that nothing is behind them. */
const callbackOf = <S extends object, B, F extends Figures>(
  { name }: Task<S, B, F>,
  options: FitOptions<S, B, F>,
  start: Position<S>,
  place: Place,
  kept: KeptVariables<S>,
): TE.TaskEither<Failure, TrainCallback<S, F>> => {
  const { callbacks = [], patience = null, checkpointEvery = 250 } = options
  const all = concatAll(callbackMonoid<S, F>())
  const first = [finiteLoss<S>(place === null ? null : checkpointFolder(place.folder)), ...callbacks]
  const stopping = earlyStopping<S>(monitorOf(options), patience, (state, epoch) =>
    kept.keep(state, epoch + 1)(),
  )
  if (place === null) return TE.right(all([...first, stopping]))
  return pipe(
    logsOf(options, start, place),
    TE.map((logs) => {
      const save = (position: Position<S>, epoch: number): Promise<E.Either<Failure, void>> =>
        pipe(
          logs.sync,
          TE.chainW(() => savePosition(place.folder, name, configOf(options), position, epoch)),
        )()
      return all([...first, logs.callback, stopping, checkpointing<S>(checkpointEvery, save)])
    }),
  )
}

/** Judges a state on what there is to validate with. */
const validateOf = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  { validation, batchSize }: FitOptions<S, B, F>,
  signal: AbortSignal,
): { readonly validate?: (state: S) => Promise<O.Option<F>> } => {
  if (validation === undefined) return {}
  return {
    validate: async (state) => {
      if (typeof validation !== 'function') return judgeAll(task, state, validation, { batchSize, signal })
      return O.fromNullable(await validation(state, signal))
    },
  }
}

const train = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
  place: Place,
): TE.TaskEither<Failure, FitResult<S>> => {
  const { train, batchSize, epochs, seed = 0 } = options
  const { signal = new AbortController().signal, now = () => performance.now() } = options
  const monitor = monitorOf(options)
  const kept = place === null ? keptOnHost(task) : keptOnDisk(place.folder, task)
  return pipe(
    startOf(task, options, place),
    TE.bindTo('start'),
    TE.bind('callback', ({ start }) => callbackOf(task, options, start, place, kept)),
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
      const best = bestEpoch(history.validation[monitor.figure] ?? [], monitor.mode)
      return pipe(
        best < 0 || how.ending === 'interrupted' ? TE.right(state) : kept.put(state),
        TE.map((state) => ({ state, history, bestEpoch: best < 0 ? null : best, ...how })),
      )
    }),
  )
}

/** As `fit`, in a folder that is this process's own already: see `inRunFolder`. */
export const fitInFolder = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F> & { readonly folder: string },
): TE.TaskEither<Failure, FitResult<S>> => {
  requireFitOptions(task, options)
  return train(task, options, { folder: options.folder, resume: options.resume === true })
}

const hasCheckpoint = (folder: string): boolean => existsSync(join(checkpointFolder(folder), manifestName))

/** `fit` of `promises.ts`, as a task. */
export const fit = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
): TE.TaskEither<Failure, FitResult<S>> => {
  requireFitOptions(task, options)
  const { folder } = options
  if (folder === undefined) return train(task, options, null)
  const resume = options.resume === true && hasCheckpoint(folder)
  return pipe(
    madeFolder(folder),
    TE.chainW((made) =>
      inRunFolder(made, { resume, command: process.argv.slice(1).join(' ') }, () =>
        pipe(
          train(task, options, { folder, resume }),
          TE.map((value) => ({ value, isBegun: resume || value.history.weights.length > 0 })),
        ),
      ),
    ),
  )
}
