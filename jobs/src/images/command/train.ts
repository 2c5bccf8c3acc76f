import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { setDefaultBackend } from 'grad-ts'
import { tasks } from 'grad-ts/runs'
import type { Failure } from 'grad-ts/train'
import { requireBackend } from '../../cli/backendFlag.js'
import { commandText, flagName, usage } from '../../cli/flags.js'
import { inOutFolder } from '../../cli/outFolder.js'
import { requireReportPlace } from '../../cli/reportFile.js'
import { savedConfig, type TrainConfig } from '../run/trainConfig.js'
import { type Outcome, type TrainingContext, trainImages } from '../run/trainImages.js'
import { classesOf, type ModelName, models } from './models.js'
import { requireFolder, trainData, withClasses } from './trainData.js'
import { decodeTrainFlags, type TrainFlags } from './trainFlags.js'

const defaultsOf = (model: ModelName): TrainConfig => ({
  batchSize: 64,
  lr: 1e-3,
  seed: 0,
  limit: null,
  testLimit: null,
  backend: 'wasm',
  schedule: 'constant',
  accumulate: 1,
  average: null,
  validation: 0,
  patience: null,
  data: null,
  classes: null,
  ...models[model].defaults,
})

/** Steps between two checkpoints: a few seconds of work. */
const defaultCheckpointEvery = 250

const configKeys = [
  'epochs',
  'batchSize',
  'lr',
  'seed',
  'limit',
  'testLimit',
  'backend',
  'weightDecay',
  'schedule',
  'accumulate',
  'average',
  'validation',
  'patience',
  'data',
] as const

const given = (flags: TrainFlags): Partial<TrainConfig> =>
  Object.fromEntries(
    configKeys.flatMap((k) => {
      const value = flags[k]
      // a run may be resumed from elsewhere
      return value === undefined ? [] : [[k, k === 'data' ? resolve(String(value)) : value]]
    }),
  )

/** Options that may differ in a resumed run: it may go on for longer, and its data may have moved. */
const mayChange: readonly string[] = ['epochs', 'data']

/** A resumed run is what it was. */
const resumedConfig = (
  model: ModelName,
  saved: TrainConfig,
  flags: TrainFlags,
): E.Either<Failure, TrainConfig> => {
  const wanted = { ...saved, ...given(flags) }
  if (saved.data === null && wanted.data !== null && models[model].folderClasses !== 'own')
    return E.left(
      usage(`--data: the images of the run to resume, its own, were required, got a folder. Leave it out.`),
    )
  const changed = configKeys.find((k) => !mayChange.includes(k) && wanted[k] !== saved[k])
  if (changed !== undefined) {
    return E.left(
      usage(
        `${flagName(changed)}: ${saved[changed]} of the run to resume was required, got ${wanted[changed]}. Leave it out.`,
      ),
    )
  }
  if (wanted.epochs !== saved.epochs && saved.schedule !== 'constant') {
    return E.left(
      usage(
        `--epochs: the ${saved.epochs} of the run to resume were required, got ${wanted.epochs}: the schedule ${saved.schedule} is over by then.`,
      ),
    )
  }
  if (wanted.epochs < saved.epochs) {
    return E.left(
      usage(
        `--epochs: at least the ${saved.epochs} of the run to resume were required, got ${wanted.epochs}.`,
      ),
    )
  }
  return E.right(wanted)
}

/** Refuses options that only make sense together. */
const requireSense = (config: TrainConfig): E.Either<Failure, TrainConfig> =>
  config.patience !== null && config.validation === 0
    ? E.left(
        usage(
          `--patience: images to judge epochs by were required, got --validation 0. Set some apart: --validation 5000.`,
        ),
      )
    : E.right(config)

const configOf = (
  model: ModelName,
  folder: string,
  flags: TrainFlags,
): TE.TaskEither<Failure, TrainConfig> =>
  flags.resume === true
    ? pipe(
        tasks.savedRun(folder),
        TE.chainEitherK((saved) => savedConfig(folder, saved)),
        TE.mapLeft(
          (e): Failure =>
            e._tag === 'IoSystemError'
              ? { ...e, message: `${e.message} A run without a checkpoint is begun again, without --resume.` }
              : e,
        ),
        TE.chainEitherK((saved) => resumedConfig(model, saved, flags)),
      )
    : TE.fromEither(requireSense({ ...defaultsOf(model), ...given(flags) }))

const runTraining = (
  model: ModelName,
  asked: TrainConfig,
  context: TrainingContext,
): TE.TaskEither<Failure, Outcome> =>
  pipe(
    trainData(model, asked),
    TE.chain((data) => {
      const config = withClasses(model, asked, data)
      return models[model]
        .trainable(classesOf(model, config) ?? data.train.classes)
        .withClassifier((classifierOf) =>
          trainImages((steps) => classifierOf({ config, steps }), TE.right(data), config, context),
        )
    }),
  )

const trainIn = (
  folder: string,
  model: ModelName,
  flags: TrainFlags,
  command: string,
  signal: AbortSignal,
): TE.TaskEither<Failure, tasks.Ended<number>> =>
  pipe(
    configOf(model, folder, flags),
    TE.chainFirst(({ backend }) => requireBackend(backend)),
    TE.chainFirst(() => requireReportPlace(flags.report)),
    TE.chainW((config) => {
      setDefaultBackend(config.backend)
      return runTraining(model, config, {
        runFolder: folder,
        resume: flags.resume === true,
        checkpointEvery: flags.checkpointEvery ?? defaultCheckpointEvery,
        reportPath: flags.report,
        print: (line) => console.log(line),
        progress: process.stderr,
        signal,
        now: () => performance.now(),
        wallTime: () => Date.now(),
        command,
      })
    }),
    TE.map((outcome) => {
      if (outcome._tag === 'Finished') return { value: 0, isBegun: true }
      if (outcome.step === 0 && flags.resume !== true) {
        console.log('stopped before the first step: nothing is kept')
        return { value: 130, isBegun: false }
      }
      console.log(
        `stopped after ${outcome.step} of ${outcome.steps} steps; go on with:\n  ${commandText(['train', model, '--resume', '--out', folder])}`,
      )
      return { value: 130, isBegun: true }
    }),
  )

/** `grad-ts train MODEL`: the exit code (130 after an interruption), or what went wrong. */
export const runTrain = (
  model: ModelName,
  raw: object,
  signal: AbortSignal,
): TE.TaskEither<Failure, number> =>
  pipe(
    TE.fromEither(decodeTrainFlags(raw)),
    TE.chainFirst((flags) => requireBackend(flags.backend ?? defaultsOf(model).backend)),
    TE.chainFirstEitherK((flags) =>
      flags.resume === true ? E.right(undefined) : requireFolder(model, flags.data),
    ),
    TE.chain((flags) => {
      const command = commandText(process.argv.slice(2))
      return inOutFolder(model, flags, command, (folder) => trainIn(folder, model, flags, command, signal))
    }),
  )
