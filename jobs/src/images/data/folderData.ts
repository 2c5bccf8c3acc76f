import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../../cli/failure.js'
import type { ImageFolder } from './imageFolder.js'
import type { ImageSet, ImageSizes } from './imageSet.js'
import { decodeFolder, type PictureForm } from './loadImageFolder.js'
import { sampledFolder } from './sampledFolder.js'
import { openSplitFolder } from './splitFolder.js'
import { type DataLimits, type TrainingData, trainingDataOf } from './trainingData.js'

/** The images that a model takes: their sizes, and whether they are ink, which it reads light on dark. */
export type ModelImage = ImageSizes & { readonly lightOnDark: boolean }

/** The form that a model takes pictures in: its sizes, its colours, and light ink on a dark ground. */
export const formOf = ({ channels, height, width, lightOnDark }: ModelImage): PictureForm => ({
  resizeTo: [height, width],
  channels: channels === 1 ? 1 : 3,
  lightOnDark,
})

/** `grey 28×28` */
export const showSizes = ({ channels, height, width }: ImageSizes): string =>
  `${channels === 1 ? 'grey' : 'RGB'} ${height}×${width}`

/** Where pictures are from, in words. */
export const pngSource = (folder: string, image: ModelImage): string =>
  `PNGs of ${folder}, made ${showSizes(image)}${image.lightOnDark ? ', light on dark' : ''}`

/** The images to be tested on, in the folder's order, or a sample of them. */
export const decodeTest = (
  opened: ImageFolder,
  image: ModelImage,
  limit: number | undefined,
): TE.TaskEither<Failure, ImageSet> =>
  decodeFolder(
    limit === undefined || limit >= opened.files.length ? opened : sampledFolder(opened, limit),
    formOf(image),
  )

export type FolderDataOptions = {
  /** The form that images are brought into. */
  readonly image: ModelImage
  /** The classes that there may be; those of `train/` where none are named. */
  readonly classes: readonly string[] | undefined
  /** Whether the classes that were found will do. */
  readonly requireClasses: (classes: readonly string[]) => E.Either<Failure, void>
}

/**
 * PNGs of `train/` and `test/` in a folder. What is trained on comes in an order that has nothing to do with its classes, so that the first
 * `limit`, and the last `validation` of these, are of all of them; only those are decoded.
 */
export const folderData = (
  folder: string,
  { image, classes, requireClasses }: FolderDataOptions,
  limits: DataLimits,
): TE.TaskEither<Failure, TrainingData> =>
  pipe(
    openSplitFolder(folder, { classes }),
    TE.chainFirstEitherKW(({ train }) => requireClasses(train.classes)),
    TE.bindW('trainSet', ({ train }) =>
      decodeFolder(sampledFolder(train, limits.limit ?? undefined), formOf(image)),
    ),
    TE.bindW('testSet', ({ test }) => decodeTest(test, image, limits.testLimit ?? undefined)),
    TE.chainEitherKW(({ trainSet, testSet }) =>
      trainingDataOf({ train: trainSet, test: testSet, source: pngSource(folder, image) }, limits),
    ),
  )
