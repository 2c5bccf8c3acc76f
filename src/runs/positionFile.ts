import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'
import { firstProblem, problemRequirement } from '../formats/decodeProblem.js'
import { type IoError, ioFormatError } from '../formats/ioError.js'
import { promised } from '../graph/promised.js'
import { type Checkpoint, type CheckpointState, manifestName } from '../io/checkpoint.js'
import { loadCheckpoint, readManifest } from '../io/loadCheckpoint.js'
import { saveCheckpoint } from '../io/saveCheckpoint.js'
import type { Position } from '../train/callback.js'
import type { Failure } from '../train/failure.js'
import { type EpochPlan, type History, stepsPerEpoch, validatedEpochs } from '../train/history.js'
import { stateFromHost, stateToHost } from '../train/stateOnHost.js'
import type { Figures, Task } from '../train/task.js'
import { requireFiniteState } from './finiteState.js'

/** The folder of a run that holds its checkpoint. */
export const checkpointName = 'checkpoint'

/** Where a run keeps its checkpoint. */
export const checkpointFolder = (runFolder: string): string => join(runFolder, checkpointName)

/** The file that says what the checkpoint of a run is. */
export const manifestPath = (runFolder: string): string => join(checkpointFolder(runFolder), manifestName)

const damaged = 'The checkpoint is damaged; use another.'

const Natural = t.refinement(t.Integer, (n) => n >= 0, 'an integer, not negative')

/** The numbers that decide a run's batches, which a resumed run must share, and the options that its caller keeps with it. */
const RunConfig = closed(
  { examples: Natural, batchSize: Natural, seed: Natural, options: t.UnknownRecord },
  'RunConfig',
)
export type RunConfig = t.TypeOf<typeof RunConfig>

/** A run's own description, without its arrays. */
export type SavedRun = {
  /** The name of its task. */
  readonly task: string
  readonly step: number
  readonly epoch: number
  readonly config: RunConfig
}

type Series = Checkpoint<CheckpointState>['series']

const [stepPrefix, validationPrefix, weights] = ['steps.', 'validation.', 'weights'] as const

const named = (prefix: string, series: Series): Series =>
  Object.fromEntries(Object.entries(series).map(([name, values]) => [prefix + name, values]))
const unnamed = (prefix: string, series: Series): Series =>
  Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), values]] : [],
    ),
  )

const seriesOf = (history: History): Series => ({
  [weights]: history.weights,
  ...named(stepPrefix, history.steps),
  ...named(validationPrefix, history.validation),
})

/** The history of so many steps; `null` where the series are of other lengths. */
const historyOf = (series: Series, step: number): History | null => {
  const history: History = {
    weights: series[weights] ?? new Float64Array(0),
    steps: unnamed(stepPrefix, series),
    validation: unnamed(validationPrefix, series),
  }
  const epochs = validatedEpochs(history)
  const isWhole =
    [history.weights, ...Object.values(history.steps)].every((values) => values.length === step) &&
    Object.values(history.validation).every((values) => values.length === epochs)
  return isWhole ? history : null
}

/** Saves where a training stands, and what it was started with; a state that is not finite is refused, and the old checkpoint stays. */
export const savePosition = <S extends object>(
  runFolder: string,
  task: string,
  config: RunConfig,
  { state, history }: Position<S>,
  epoch: number,
): TE.TaskEither<Failure, void> => {
  const step = history.weights.length
  return pipe(
    TE.fromTask(() => stateToHost(state)),
    TE.chainEitherK((host) => requireFiniteState(host, `after step ${step}`, checkpointFolder(runFolder))),
    TE.chainW((host) =>
      saveCheckpoint(checkpointFolder(runFolder), {
        model: task,
        counters: { step, epoch },
        config: RunConfig.encode(config),
        state: host,
        series: seriesOf(history),
      }),
    ),
  )
}

/** Reads what the run in `runFolder` says of itself; nothing of its arrays. */
export const savedRunTask = (runFolder: string): TE.TaskEither<IoError, SavedRun> => {
  const path = manifestPath(runFolder)
  return pipe(
    readManifest(checkpointFolder(runFolder)),
    TE.chainEitherK(({ model, counters: { step, epoch }, config }) =>
      pipe(
        RunConfig.decode(config),
        E.mapLeft((errors): IoError => {
          const problem = firstProblem(errors)
          return ioFormatError(path, `in config, ${problemRequirement(problem)}`, problem.got, damaged)
        }),
        E.filterOrElse(
          () => step !== undefined && epoch !== undefined,
          (): IoError => ioFormatError(path, 'counters step and epoch', 'others', damaged),
        ),
        E.map((config) => ({ task: model, step, epoch, config })),
      ),
    ),
  )
}

/**
 * Reads the description of the run in a folder: its task, how far it went, and the config that was kept with it.
 * @throws (rejects with) an IoError where there is no run, or its checkpoint is damaged
 */
export const savedRun = (runFolder: string): Promise<SavedRun> => promised(() => savedRunTask(runFolder))

/** Loads where the training in `runFolder` stands; refuses a checkpoint of another task. */
export const loadPosition = <S extends object, B, F extends Figures>(
  runFolder: string,
  { name, init }: Task<S, B, F>,
  seed: number,
): TE.TaskEither<IoError, Position<S>> => {
  const folder = checkpointFolder(runFolder)
  return pipe(
    TE.fromIO(() => init(seed)),
    TE.bindTo('like'),
    TE.bind('template', ({ like }) => TE.fromTask(() => stateToHost(like))),
    TE.bind('checkpoint', ({ template }) => loadCheckpoint(folder, name, template)),
    TE.chainEitherK(({ like, checkpoint: { state, counters, series } }) => {
      const { step } = counters
      const history = historyOf(series, step)
      return history === null
        ? E.left<IoError>(ioFormatError(folder, `series of ${step} steps`, 'another number', damaged))
        : E.right({ state: stateFromHost(like, state), history })
    }),
  )
}

const another = 'Resume a run with the data and options that it was begun with, or begin another.'

/** That a run which is resumed gets the batches that it would have got. */
export const requireSamePlan = (
  folder: string,
  saved: RunConfig,
  now: RunConfig,
): E.Either<IoError, void> => {
  const changed = (['examples', 'batchSize', 'seed'] as const).find((name) => saved[name] !== now[name])
  return changed === undefined
    ? E.right(undefined)
    : E.left(ioFormatError(manifestPath(folder), `${changed} ${now[changed]}`, `${saved[changed]}`, another))
}

/** That a run which is resumed is validated as its first epochs were, and so has the same columns in its logs. */
export const requireSameValidation = (
  folder: string,
  history: History,
  plan: EpochPlan,
  isValidated: boolean,
): E.Either<IoError, void> => {
  // the last epoch may have been interrupted before it was judged
  const isKnown = history.weights.length > stepsPerEpoch(plan)
  const wasValidated = validatedEpochs(history) > 0
  const text = (is: boolean): string => (is ? 'a run with validation' : 'a run without validation')
  return !isKnown || wasValidated === isValidated
    ? E.right(undefined)
    : E.left(ioFormatError(checkpointFolder(folder), text(isValidated), text(wasValidated), another))
}
