import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError } from 'grad-ts/io'
import { tasks } from 'grad-ts/runs'
import { runFiles } from '../run/runFiles.js'
import { savedConfig, type TrainConfig } from '../run/trainConfig.js'
import { readReport } from './finishedReport.js'
import { classesOf, isModelName, type ModelName, models, type TrainableModel } from './models.js'

/** The description of a run in its folder. */
export type SavedRun = {
  readonly folder: string
  readonly model: ModelName
  /** The model with the classes that it was trained to tell apart. */
  readonly trained: TrainableModel
  readonly config: TrainConfig
  /** Steps that the checkpoint is of. */
  readonly step: number
  /** Whether it was trained and tested to its end: then it holds the weights that were tested. */
  readonly isFinished: boolean
}

const whatIsAt = async (path: string): Promise<'a folder' | 'a file' | 'nothing'> => {
  try {
    return (await stat(path)).isDirectory() ? 'a folder' : 'a file'
  } catch {
    return 'nothing'
  }
}

const requireRunFolder = (folder: string): TE.TaskEither<IoError, void> => {
  const refuse = (got: string) =>
    E.left(
      ioFormatError(folder, 'the folder of a run', got, 'Name one that `grad-ts train` wrote, as runs/….'),
    )
  return async () => {
    const [own, manifest] = await Promise.all([folder, tasks.manifestPath(folder)].map(whatIsAt))
    if (own !== 'a folder') return refuse(own)
    return manifest === 'a file'
      ? E.right(undefined)
      : refuse(`a folder without ${relative(folder, tasks.manifestPath(folder))}`)
  }
}

const manifestError = (folder: string, required: string, got: string, fix: string): IoError =>
  ioFormatError(tasks.manifestPath(folder), required, got, fix)

const modelOf = (folder: string, model: string): E.Either<IoError, ModelName> =>
  isModelName(model)
    ? E.right(model)
    : E.left(
        manifestError(
          folder,
          `a checkpoint of ${Object.keys(models).join(' or ')}`,
          `one of ${model}`,
          'Use the version of grad-ts that wrote it.',
        ),
      )

const trainedOf = (
  folder: string,
  model: ModelName,
  config: TrainConfig,
): E.Either<IoError, TrainableModel> =>
  pipe(
    E.fromNullable(
      manifestError(folder, 'in config, the classes of the data', 'none', 'Use the grad-ts that wrote it.'),
    )(classesOf(model, config)),
    E.map(models[model].trainable),
  )

/** A run that is trained further than it was reported is not finished until it is reported again. */
const isFinished = (folder: string, { epochs }: TrainConfig): TE.TaskEither<IoError, boolean> =>
  pipe(readReport(join(folder, runFiles.report)), TE.map(O.exists((report) => report.epochs === epochs)))

/** Reads what the run in `folder` is; nothing of its arrays. */
export const openSavedRun = (folder: string): TE.TaskEither<IoError, SavedRun> =>
  pipe(
    requireRunFolder(folder),
    TE.chain(() => tasks.savedRun(folder)),
    TE.bindTo('saved'),
    TE.bind('model', ({ saved }) => TE.fromEither(modelOf(folder, saved.task))),
    TE.bind('config', ({ saved }) => TE.fromEither(savedConfig(folder, saved))),
    TE.bind('trained', ({ model, config }) => TE.fromEither(trainedOf(folder, model, config))),
    TE.bind('isFinished', ({ config }) => isFinished(folder, config)),
    TE.map(({ saved: { step }, ...run }) => ({ folder, step, ...run })),
  )

/** `mnist-cnn of runs/a, finished after 940 steps`. */
export const showRun = ({ folder, model, config, step, isFinished }: SavedRun): string =>
  isFinished
    ? `${model} of ${folder}, finished after ${step} steps`
    : `${model} of ${folder}, not finished: after ${step} steps, of ${config.epochs} epochs that were asked for`
