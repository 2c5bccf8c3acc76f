import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bytesPerImage, firstImages, type ImageSet } from '../data/imageSet.js'
import { loadMnist } from '../data/mnist.js'
import type { Failure } from './failure.js'
import type { TrainConfig } from './trainConfig.js'

/** Images to learn from, to choose by (or none), and to be tested on. */
export type TrainingData = {
  readonly train: ImageSet
  readonly validation: ImageSet | null
  readonly test: ImageSet
}

/** The images from a place on: views, not copies. */
const imagesFrom = (set: ImageSet, at: number): ImageSet => ({
  ...set,
  count: set.count - at,
  pixels: set.pixels.subarray(at * bytesPerImage(set)),
  labels: set.labels.subarray(at),
})

/** MNIST from a folder, or from its package; the first so many of its images, of which the last are for validation. */
export const mnistData = (
  folder: string | undefined,
  { limit, testLimit, validation }: Pick<TrainConfig, 'limit' | 'testLimit' | 'validation'>,
): TE.TaskEither<Failure, TrainingData> =>
  pipe(
    loadMnist(folder),
    TE.mapLeft((e): Failure => e),
    TE.chainEitherK(({ train: all, test }): E.Either<Failure, TrainingData> => {
      const train = firstImages(all, limit ?? undefined)
      const rest = train.count - validation
      if (rest < 1)
        return E.left({
          _tag: 'Usage',
          message: `--validation: fewer than the ${train.count} training images were required, got ${validation}.`,
        })
      return E.right({
        train: firstImages(train, rest),
        validation: validation === 0 ? null : imagesFrom(train, rest),
        test: firstImages(test, testLimit ?? undefined),
      })
    }),
  )
