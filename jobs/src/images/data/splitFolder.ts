import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError, ioSystemError } from 'grad-ts/io'
import { type ImageFolder, openImageFolder } from './imageFolder.js'

/** Images to learn from, and images of the same classes to be tested on; nothing is decoded yet. */
export type SplitFolder = { readonly train: ImageFolder; readonly test: ImageFolder }

/** The folders inside. */
export const splitNames = { train: 'train', test: 'test' } as const

const fix = 'Put the images to learn from in train/ and those to be tested on in test/, by class.'

const requireParts = (folder: string): TE.TaskEither<IoError, void> =>
  pipe(
    TE.tryCatch(
      () => readdir(folder),
      (error): IoError => ioSystemError(folder, 'read', error, fix),
    ),
    TE.chainEitherK((names) => {
      const missing = Object.values(splitNames).filter((part) => !names.includes(part))
      return missing.length === 0
        ? E.right(undefined)
        : E.left(
            ioFormatError(
              folder,
              'a folder with train/ and test/ inside',
              `one without ${missing.map((part) => `${part}/`).join(' and ')}`,
              fix,
            ),
          )
    }),
  )

/**
 * Lists `train/` and `test/` of a folder, each as `openImageFolder` does: PNGs in a folder for each class (the layout of torchvision's
 * `ImageFolder`), or listed in labels.csv. The classes are those of `train/` unless they are named; `test/` must have no others.
 */
export const openSplitFolder = (
  folder: string,
  { classes }: { readonly classes?: readonly string[] } = {},
): TE.TaskEither<IoError, SplitFolder> =>
  pipe(
    requireParts(folder),
    TE.chain(() => openImageFolder(join(folder, splitNames.train), { classes })),
    TE.bindTo('train'),
    TE.bind('test', ({ train }) =>
      openImageFolder(join(folder, splitNames.test), { classes: train.classes }),
    ),
  )
