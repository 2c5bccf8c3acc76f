import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from 'grad-ts/train'
import { usage } from '../../cli/flags.js'
import { folderData } from '../data/folderData.js'
import { mnistData, type TrainingData } from '../data/trainingData.js'
import type { TrainConfig } from '../run/trainConfig.js'
import { dataLayout, requireSizes } from './dataFolder.js'
import { type ModelName, models } from './models.js'

/** Fewer tell nothing apart. */
const fewestClasses = 2

const requireClasses =
  (model: ModelName, folder: string) =>
  (classes: readonly string[]): E.Either<Failure, void> => {
    const { folderClasses } = models[model]
    const required =
      typeof folderClasses === 'number'
        ? classes.length === folderClasses || `${folderClasses} classes`
        : classes.length >= fewestClasses || `at least ${fewestClasses} classes`
    return required === true
      ? E.right(undefined)
      : E.left(
          usage(
            `--data: ${required} were required in ${folder}/train for ${model}, got ${classes.length}` +
              `${folderClasses === 'any' ? '.' : '. image-cnn takes any number.'}`,
          ),
        )
  }

/** Images of a folder: IDX files where it holds any, else PNGs of its folders train and test. */
const dataOfFolder = (
  model: ModelName,
  folder: string,
  config: TrainConfig,
): TE.TaskEither<Failure, TrainingData> => {
  const { image, folderClasses, own } = models[model]
  // those that are known already: of the model, or of the run that is resumed
  const classes = (folderClasses === 'own' ? own?.classes : config.classes) ?? undefined
  return pipe(
    dataLayout(folder),
    TE.mapLeft((e): Failure => e),
    TE.chain((layout) =>
      layout === 'idx'
        ? pipe(
            mnistData(folder, config),
            TE.chainFirstEitherKW(({ train }) => requireSizes(folder, image)(train)),
          )
        : folderData(folder, { image, classes, requireClasses: requireClasses(model, folder) }, config),
    ),
  )
}

const noData = (model: ModelName): Failure =>
  usage(
    `--data: a folder with train/ and test/ inside was required for ${model}, got none. ` +
      'Put PNGs there, in a folder for each class.',
  )

/** That a folder is named for a model which has no data of its own. */
export const requireFolder = (model: ModelName, folder: string | undefined): E.Either<Failure, void> =>
  models[model].own === null && folder === undefined ? E.left(noData(model)) : E.right(undefined)

/** The data that a configured training learns from and is tested on. */
export const trainData = (model: ModelName, config: TrainConfig): TE.TaskEither<Failure, TrainingData> => {
  if (config.data !== null) return dataOfFolder(model, config.data, config)
  const { own } = models[model]
  return own === null ? TE.left(noData(model)) : own.training(config)
}

/** The configuration with the classes that its data have, where these are not the model's own. */
export const withClasses = (model: ModelName, config: TrainConfig, { train }: TrainingData): TrainConfig =>
  config.data === null || models[model].folderClasses === 'own'
    ? config
    : { ...config, classes: train.classes }
