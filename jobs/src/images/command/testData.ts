import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../../cli/failure.js'
import { usage } from '../../cli/flags.js'
import { invertedPixels } from '../data/darkOnLight.js'
import { decodeTest, pngSource } from '../data/folderData.js'
import { openImageFolder } from '../data/imageFolder.js'
import { firstImages } from '../data/imageSet.js'
import { loadMnistTest } from '../data/mnist.js'
import { splitNames } from '../data/splitFolder.js'
import { mnistSource } from '../data/trainingData.js'
import { dataLayout, requireSizes } from './dataFolder.js'
import type { TrainableModel } from './models.js'
import type { OwnData, TestData } from './ownData.js'

/** The images that are asked for. */
export type TestDataOptions = {
  readonly own: OwnData | null
  /** The folder that was named for the run's training, and the one that is named for its test. */
  readonly runFolder: string | null
  readonly folder: string | undefined
  /** The first so many; `undefined` takes as many as the run did, but all PNGs of a folder that is named. */
  readonly limit: number | undefined
  readonly runLimit: number | null
  /** Whether PNGs are inverted; `undefined`: where they are not as the model reads them. */
  readonly invert: boolean | undefined
}

const idxData = (
  { image }: TrainableModel,
  folder: string,
  limit: number | undefined,
): TE.TaskEither<Failure, TestData> =>
  pipe(
    loadMnistTest(folder),
    TE.chainFirstEitherK(requireSizes(folder, image)),
    TE.map((set) => ({ set: firstImages(set, limit), source: mnistSource(folder) })),
  )

const pngData = (
  { image, classes }: TrainableModel,
  folder: string,
  limit: number | undefined,
  invert: boolean | undefined,
): TE.TaskEither<Failure, TestData> => {
  const asked = { ...image, lightOnDark: invert === undefined && image.lightOnDark }
  return pipe(
    openImageFolder(folder, { classes }),
    TE.mapLeft((e): Failure => e),
    TE.chain((opened) => decodeTest(opened, asked, limit)),
    TE.map((set) => ({
      set: invert === true ? invertedPixels(set) : set,
      source: `${pngSource(folder, asked)}${invert === true ? ' and inverted' : ''}`,
    })),
  )
}

/**
 * The images that the run itself was tested on, or those of a folder: IDX files where it holds any, else PNGs by class, in its folder `test`
 * where it has one beside `train`.
 */
export const testData = (
  model: TrainableModel,
  { own, runFolder, folder: named, limit, runLimit, invert }: TestDataOptions,
): TE.TaskEither<Failure, TestData> => {
  const refused = usage('--invert: a folder of PNGs by --data was required, got IDX files. Leave it out.')
  const asTrained = limit ?? runLimit ?? undefined
  const folder = named ?? runFolder
  if (folder === null)
    return own === null
      ? TE.left(usage('--data: a folder of PNGs by class was required for this run, got none.'))
      : invert === true
        ? TE.left(refused)
        : own.test(asTrained)
  return pipe(
    dataLayout(folder),
    TE.mapLeft((e): Failure => e),
    TE.chain((layout) => {
      if (layout === 'idx') return invert === true ? TE.left(refused) : idxData(model, folder, asTrained)
      const isSplit = layout === 'split' && !model.classes.includes(splitNames.test)
      const pngs = isSplit ? join(folder, splitNames.test) : folder
      return pngData(model, pngs, named === undefined ? asTrained : limit, invert)
    }),
  )
}
