import { existsSync } from 'node:fs'
import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { optionsOf } from '../graph/options.js'
import { GradError } from '../ir/errors.js'
import type { Position } from '../train/callback.js'
import type { Failure } from '../train/failure.js'
import type { FitOptions } from '../train/fitOptions.js'
import { emptyHistory, stepsPerEpoch, validatedEpochs } from '../train/history.js'
import type { Place, Run } from '../train/run.js'
import type { Figures, Task } from '../train/task.js'
import { checkpointing } from './checkpointing.js'
import { keptOnDisk } from './keptOnDisk.js'
import { metricLogs } from './metricLogs.js'
import {
  checkpointFolder,
  loadPosition,
  manifestPath,
  type RunConfig,
  requireSamePlan,
  requireSameValidation,
  savedRunTask,
  savePosition,
} from './positionFile.js'
import { inRunFolder, madeFolder } from './runFolder.js'

export type FolderOptions = {
  /** Goes on with the run in the folder, if there is one, to the same bits as if it had not stopped. */
  readonly resume?: boolean
  /** Steps between two checkpoints within an epoch; 250 by default. */
  readonly checkpointEvery?: number
  /** Plain JSON that checkpoints keep, for those who read them. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Further numbers of a step, counted from 0, for TensorBoard: the learning rate, for example. */
  readonly scalars?: (step: number) => Readonly<Record<string, number>>
  /** Milliseconds since 1970, for TensorBoard; the system's clock by default. */
  readonly wallTime?: () => number
}

/** @throws GradError on an option that is unknown or out of range */
const optionsFor = (folder: string, given: FolderOptions | undefined): FolderOptions => {
  const options = optionsOf('inFolder', 'resume checkpointEvery config scalars wallTime', given)
  const { checkpointEvery } = options
  if (typeof folder !== 'string' || folder === '')
    throw new GradError(`inFolder: the name of a folder is required, got ${String(folder)}.`)
  if (checkpointEvery !== undefined && !(Number.isSafeInteger(checkpointEvery) && checkpointEvery > 0))
    throw new GradError(
      `inFolder: a positive integer as checkpointEvery is required, got ${checkpointEvery}.`,
    )
  return options
}

const configOf = <S extends object, B, F extends Figures>(
  { train, batchSize, seed = 0 }: FitOptions<S, B, F>,
  { config = {} }: FolderOptions,
): RunConfig => ({ examples: train.count, batchSize, seed, options: config })

const placeOf = <S extends object, B, F extends Figures>(
  folder: string,
  {
    resume = false,
    checkpointEvery = 250,
    scalars = () => ({}),
    wallTime = Date.now,
    ...more
  }: FolderOptions,
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
): Place<S, F> => {
  const config = configOf(options, more)
  const start: Place<S, F>['start'] = resume
    ? pipe(
        savedRunTask(folder),
        TE.chainEitherK((saved) => requireSamePlan(folder, saved.config, config)),
        TE.chain(() => loadPosition(folder, task, config.seed)),
        TE.chainFirstEitherK(({ history }) =>
          requireSameValidation(folder, history, config, options.validation !== undefined),
        ),
      )
    : TE.fromIO(() => ({ state: task.init(config.seed), history: emptyHistory }))
  const logsAfter = ({ history }: Position<S>) => {
    const perEpoch = stepsPerEpoch(config)
    const step = history.weights.length
    // with validation, an epoch has figures once it was judged
    const epoch = options.validation === undefined ? Math.floor(step / perEpoch) : validatedEpochs(history)
    const resumeAt = resume ? { step, epoch } : null
    return metricLogs<S>({ folder, resumeAt, stepsPerEpoch: perEpoch, scalars, wallTime })
  }
  return {
    start,
    checkpoints: checkpointFolder(folder),
    kept: keptOnDisk(folder, task),
    records: (start) =>
      pipe(
        logsAfter(start),
        TE.map((logs) => {
          const save = (position: Position<S>, epoch: number): Promise<E.Either<Failure, void>> =>
            pipe(
              logs.sync,
              TE.chainW(() => savePosition(folder, task.name, config, position, epoch)),
            )()
          return { logs: logs.callback, checkpoints: checkpointing<S>(checkpointEvery, save) }
        }),
      ),
  }
}

/**
 * A run in a folder that is this process's own already: see `inRunFolder`.
 * @throws GradError on an option that is unknown or out of range
 */
export const inOwnFolder = (folder: string, given?: FolderOptions): Run => {
  const options = optionsFor(folder, given)
  return {
    use: (task, fitOptions, training) =>
      pipe(
        training(placeOf(folder, options, task, fitOptions)),
        TE.map(({ value }) => value),
      ),
  }
}

const hasCheckpoint = (folder: string): boolean => existsSync(manifestPath(folder))

/**
 * Keeps a run in a folder: logs (`metrics.csv`, `steps.jsonl`, TensorBoard's events), checkpoints, and the variables of the best epoch. A run
 * that was killed is resumed to the same bits. One process at a time uses the folder; it is made where it is missing, and a new run
 * wants it empty.
 * @throws GradError on an option that is unknown or out of range; `fit` rejects with an error whose `_tag` is IoSystemError, IoFormatError,
 *   FolderInUse or FolderOccupied
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { np, optim } from 'grad-ts'
 * import { inFolder, savedRun } from 'grad-ts/runs'
 * import { fit, gradientTask, tensorDataset } from 'grad-ts/train'
 * const folder = `${await mkdtemp(`${tmpdir()}/`)}/mean`
 * const task = gradientTask({
 *   name: 'mean',
 *   init: () => ({ params: { at: np.array(0) }, state: null }),
 *   loss: ({ at }, { x }) => np.mean(np.square(x.sub(at))),
 *   optimizer: optim.sgd(0.1),
 * })
 * const options = { train: tensorDataset({ x: np.array([1, 2, 3]) }), batchSize: 2 }
 * await fit(task, { ...options, epochs: 2, run: inFolder(folder, { resume: true }) })
 * await fit(task, { ...options, epochs: 5, run: inFolder(folder, { resume: true }) }) // goes on after two
 * const { step } = await savedRun(folder)
 * step // => 10
 * ```
 */
export const inFolder = (folder: string, given?: FolderOptions): Run => {
  const options = optionsFor(folder, given)
  return {
    use: (task, fitOptions, training) =>
      pipe(
        madeFolder(folder),
        TE.chainW((made) => {
          const resume = options.resume === true && hasCheckpoint(folder)
          const command = process.argv.slice(1).join(' ')
          return inRunFolder(made, { resume, command }, () =>
            training(placeOf(folder, { ...options, resume }, task, fitOptions)),
          )
        }),
      ),
  }
}
