import { readdir, readFile } from 'node:fs/promises'
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codecs, type IoError, ioFormatError, ioSystemError } from 'grad-ts/io'
import { classify, sortedClasses } from './labelClasses.js'
import { decodeLabels, type LabelLine } from './labelsFile.js'

/** Files of PNGs with a class each; nothing is decoded yet. */
export type ImageFolder = {
  readonly folder: string
  /** Paths of the images. */
  readonly files: readonly string[]
  /** The class of each, a place in `classes`. */
  readonly labels: Uint32Array
  readonly classes: readonly string[]
}

const isPng = (file: string): boolean => extname(file).toLowerCase() === '.png'
const otherImages = ['.jpg', '.jpeg', '.gif', '.bmp', '.webp', '.ppm', '.tif', '.tiff']

const unreadable =
  (file: string, fix: string) =>
  (error: unknown): IoError =>
    ioSystemError(file, 'read', error, fix)

/** The PNGs of one class's folder, in the order of their names. */
const pngsOf = (folder: string): TE.TaskEither<IoError, readonly string[]> =>
  pipe(
    TE.tryCatch(() => readdir(folder), unreadable(folder, 'Check that it may be read.')),
    TE.chainEitherK((names) => {
      const strange = names.find((name) => otherImages.includes(extname(name).toLowerCase()))
      if (strange !== undefined)
        return E.left(
          ioFormatError(join(folder, strange), 'a PNG', 'another format', 'Convert it, or take it out.'),
        )
      const files = names.filter(isPng).sort()
      return files.length === 0
        ? E.left(
            ioFormatError(
              folder,
              'at least one PNG of the class',
              'an empty class',
              'Add images, or remove the folder.',
            ),
          )
        : E.right(files.map((name) => join(folder, name)))
    }),
  )

const byClassFolder = (
  folder: string,
  subfolders: readonly string[],
  named: readonly string[] | undefined,
): TE.TaskEither<IoError, ImageFolder> => {
  const classes = named ?? sortedClasses(subfolders)
  const strange = subfolders.find((name) => !classes.includes(name))
  if (strange !== undefined)
    return TE.left(
      ioFormatError(
        join(folder, strange),
        `a folder named after one of the ${classes.length} classes`,
        `"${strange}"`,
        'Rename or remove it, or name more classes.',
      ),
    )
  const present = classes.filter((name) => subfolders.includes(name))
  return pipe(
    present,
    TE.traverseSeqArray((name) => pngsOf(join(folder, name))),
    TE.map((files) => ({
      folder,
      files: files.flat(),
      labels: Uint32Array.from(files.flatMap((of, i) => of.map(() => classes.indexOf(present[i])))),
      classes,
    })),
  )
}

/** Whether a name leads out of its folder. Links inside it are followed: folders of data are often made of them. */
const leadsOut = (folder: string, file: string): boolean => {
  const way = relative(folder, resolve(folder, file))
  return isAbsolute(file) || isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)
}

const requireInside =
  (folder: string, name: string) =>
  (lines: readonly LabelLine[]): E.Either<IoError, readonly LabelLine[]> => {
    const strange = lines.find(({ file }) => leadsOut(folder, file))
    return strange === undefined
      ? E.right(lines)
      : E.left(
          ioFormatError(
            name,
            'the name of a file inside its folder',
            `"${strange.file}" in line ${strange.line}`,
            'Move the image into the folder, or put a link to it there.',
          ),
        )
  }

const byLabelsFile = (
  folder: string,
  named: readonly string[] | undefined,
): TE.TaskEither<IoError, ImageFolder> => {
  const name = join(folder, 'labels.csv')
  return pipe(
    TE.tryCatch(() => readFile(name, 'utf8'), unreadable(name, 'Check that it may be read.')),
    TE.chainEitherK((text) => decodeLabels(name, text)),
    TE.chainEitherK(requireInside(folder, name)),
    TE.chainEitherK((lines) =>
      lines.length === 0
        ? E.left(ioFormatError(name, 'a line for each image', 'none', 'Add them under the heading.'))
        : pipe(
            classify(name, lines, named),
            E.map(({ labels, classes }) => ({
              folder,
              files: lines.map(({ file }) => resolve(folder, file)),
              labels,
              classes,
            })),
          ),
    ),
  )
}

/**
 * Lists the images of a folder: those that its `labels.csv` names (heading `file,label`, files relative to the folder, labels
 * names or numbers of classes; a name that leads out of the folder is refused, a link in it followed), where there is one, and else the PNGs of its subfolders, each of which is a class.
 * Classes that are numbers are in the order of numbers, others in that of code points.
 *
 * @param classes the names of all classes, such as those of the training set for a test set, which may then lack some
 */
export const openImageFolder = (
  folder: string,
  options?: { readonly classes?: readonly string[] },
): TE.TaskEither<IoError, ImageFolder> => {
  const { classes } = codecs.optionsOf('openImageFolder', 'classes', options)
  return pipe(
    TE.tryCatch(
      () => readdir(folder, { withFileTypes: true }),
      unreadable(folder, 'Give a folder that exists and may be read.'),
    ),
    TE.chain((entries) => {
      if (entries.some((entry) => entry.name === 'labels.csv')) return byLabelsFile(folder, classes)
      const subfolders = entries
        .filter((entry) => !entry.name.startsWith('.'))
        .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
      return subfolders.length === 0
        ? TE.left(
            ioFormatError(
              folder,
              'labels.csv, or a folder of PNGs for each class,',
              `${entries.length} other files`,
              'Sort the images into folders named after their classes.',
            ),
          )
        : byClassFolder(folder, subfolders, classes)
    }),
  )
}
