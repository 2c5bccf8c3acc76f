import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../train/failure.js'
import { mnistMlp } from '../train/mnistMlp.js'
import type { TrainConfig } from '../train/trainConfig.js'
import { trainDigits } from '../train/trainDigits.js'
import { savedConfig } from '../train/trainingCheckpoint.js'
import { backendNames, loadBackend, setDefaultBackend } from '../transforms/backends.js'
import { openRunFolder } from './runFolder.js'
import { decodeTrainFlags, flagName, type TrainFlags, usage } from './trainFlags.js'

/** Models that can be trained, by name. */
export const models = { 'mnist-mlp': mnistMlp } as const
export type ModelName = keyof typeof models

/** What a training is unless flags say otherwise. */
export const defaults: TrainConfig = {
  epochs: 3,
  batchSize: 64,
  lr: 1e-3,
  seed: 0,
  limit: null,
  testLimit: null,
  backend: 'wasm',
}

/** Steps between two checkpoints: a few seconds of work. */
const defaultCheckpointEvery = 250

const configKeys = ['epochs', 'batchSize', 'lr', 'seed', 'limit', 'testLimit', 'backend'] as const

const given = (flags: TrainFlags): Partial<TrainConfig> =>
  Object.fromEntries(configKeys.flatMap((k) => (flags[k] === undefined ? [] : [[k, flags[k]]])))

/** A resumed run is what it was; only its number of epochs may grow. */
const resumedConfig = (saved: TrainConfig, flags: TrainFlags): E.Either<Failure, TrainConfig> => {
  const wanted = { ...saved, ...given(flags) }
  const changed = configKeys.find((k) => k !== 'epochs' && wanted[k] !== saved[k])
  if (changed !== undefined) {
    return E.left(
      usage(
        `${flagName(changed)}: ${saved[changed]} of the run to resume was required, got ${wanted[changed]}. Leave it out.`,
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

const configOf = (folder: string, flags: TrainFlags): TE.TaskEither<Failure, TrainConfig> =>
  flags.resume === true
    ? pipe(
        savedConfig(folder),
        TE.mapLeft((e): Failure => e),
        TE.chainEitherK((saved) => resumedConfig(saved, flags)),
      )
    : TE.right({ ...defaults, ...given(flags) })

const requireBackend = (name: string): TE.TaskEither<Failure, void> =>
  backendNames().includes(name)
    ? TE.tryCatch(
        () => loadBackend(name),
        (error): Failure => ({
          _tag: 'Backend',
          message: error instanceof Error ? error.message : String(error),
        }),
      )
    : TE.left(usage(`--backend: one of ${backendNames().join(', ')} was required, got "${name}".`))

/** `grad-ts train MODEL`: the exit code (130 after an interruption), or what went wrong. */
export const runTrain = (
  model: ModelName,
  raw: object,
  signal: AbortSignal,
): TE.TaskEither<Failure, number> =>
  pipe(
    TE.fromEither(decodeTrainFlags(raw)),
    TE.bindTo('flags'),
    TE.chainFirst(({ flags }) => requireBackend(flags.backend ?? defaults.backend)),
    TE.bind('folder', ({ flags }) => openRunFolder(model, flags)),
    TE.bind('config', ({ flags, folder }) => configOf(folder, flags)),
    TE.chainFirst(({ config }) => requireBackend(config.backend)),
    TE.chainW(({ flags, folder, config }) => {
      setDefaultBackend(config.backend)
      return pipe(
        trainDigits((c) => TE.right(models[model](c)), config, {
          runFolder: folder,
          resume: flags.resume === true,
          checkpointEvery: flags.checkpointEvery ?? defaultCheckpointEvery,
          dataFolder: flags.data,
          reportPath: flags.report,
          print: (line) => console.log(line),
          progress: process.stderr,
          signal,
          now: () => performance.now(),
        }),
        TE.map((outcome) => {
          if (outcome._tag === 'Finished') return 0
          console.log(
            `stopped after ${outcome.step} of ${outcome.steps} steps; go on with:\n  grad-ts train ${model} --resume --out ${folder}`,
          )
          return 130
        }),
      )
    }),
  )
