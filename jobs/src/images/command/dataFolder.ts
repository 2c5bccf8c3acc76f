import { readdir } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError, ioSystemError } from 'grad-ts/io'
import { showSizes } from '../data/folderData.js'
import type { ImageSet, ImageSizes } from '../data/imageSet.js'
import { splitNames } from '../data/splitFolder.js'

/** The layout of a folder of data: IDX files; folders train and test of PNGs; or else PNGs by class. */
export type DataLayout = 'idx' | 'split' | 'classes'

/** Looks what a folder holds. */
export const dataLayout = (folder: string): TE.TaskEither<IoError, DataLayout> =>
  pipe(
    TE.tryCatch(
      () => readdir(folder),
      (error) => ioSystemError(folder, 'read', error, 'Name a folder of IDX files, or of PNGs by class.'),
    ),
    TE.map((names) =>
      names.some((name) => name.endsWith('-ubyte'))
        ? 'idx'
        : Object.values(splitNames).every((part) => names.includes(part))
          ? 'split'
          : 'classes',
    ),
  )

/** That images are of the sizes which a model takes. */
export const requireSizes =
  (file: string, image: ImageSizes) =>
  (set: ImageSet): E.Either<IoError, void> =>
    set.channels === image.channels && set.height === image.height && set.width === image.width
      ? E.right(undefined)
      : E.left(
          ioFormatError(file, `images ${showSizes(image)}`, showSizes(set), 'Name the data of the model.'),
        )
