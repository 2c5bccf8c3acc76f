import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codecs, type IoError, ioFormatError, ioSystemError } from 'grad-ts/io'
import { invertedPixels, isDarkOnLight } from './darkOnLight.js'
import { recoloredPicture, resizedPicture } from './fittedPicture.js'
import { type ImageFolder, openImageFolder } from './imageFolder.js'
import { bytesPerImage, type ImageSet, type ImageSizes } from './imageSet.js'
import { decodePng, type Picture } from './png.js'

/** The form that images are brought into. */
export type PictureForm = {
  /** The size that every image is resized to; without it, all have to be of the first one's. */
  readonly resizeTo?: number | readonly [height: number, width: number]
  /** 1: grey, 3: RGB; without it, all have to be as the first one. */
  readonly channels?: 1 | 3
  /** Whether pictures that are dark on light are inverted: digits are to be as those of MNIST. Not unless it is given. */
  readonly lightOnDark?: boolean
}

/** Files that are read at once. */
const atOnce = 32

const kind = (channels: number): string => (channels === 1 ? 'grey' : 'RGB')

const sized = (picture: Picture, { resizeTo, channels }: PictureForm): Picture => {
  const colored = channels === undefined ? picture : recoloredPicture(picture, channels)
  if (resizeTo === undefined) return colored
  const [height, width] = typeof resizeTo === 'number' ? [resizeTo, resizeTo] : resizeTo
  return resizedPicture(colored, height, width)
}

const formed = (picture: Picture, form: PictureForm): Picture => {
  const made = sized(picture, form)
  return form.lightOnDark === true && isDarkOnLight(made) ? invertedPixels(made) : made
}

/** Reads one PNG, and makes it what images are to be. */
export const readPicture = (file: string, form: PictureForm): TE.TaskEither<IoError, Picture> =>
  pipe(
    TE.tryCatch(
      () => readFile(file),
      (error) => ioSystemError(file, 'read', error, 'Check that the list of images is right.'),
    ),
    TE.chainEitherK((bytes) => decodePng(file, bytes)),
    TE.map((picture) => formed(picture, form)),
  )

/** That a picture is like those before it. */
const requireLike = (file: string, picture: Picture, like: ImageSizes): E.Either<IoError, Picture> => {
  if (picture.channels !== like.channels) {
    const fix = 'Ask for channels: 3, which repeats grey, or channels: 1, which makes colours grey.'
    return E.left(
      ioFormatError(file, `${kind(like.channels)} as the image before`, kind(picture.channels), fix),
    )
  }
  if (picture.height !== like.height || picture.width !== like.width)
    return E.left(
      ioFormatError(
        file,
        `${like.height}×${like.width} as the image before`,
        `${picture.height}×${picture.width}`,
        'Ask for resizeTo, or resize it.',
      ),
    )
  return E.right(picture)
}

/** An image's sizes in bytes, channels and so on, without its pixels. */
export const pictureSizes = (
  folder: ImageFolder,
  options: PictureForm,
): TE.TaskEither<IoError, ImageSizes> => {
  const form = codecs.optionsOf('pictureSizes', 'resizeTo channels lightOnDark', options)
  return pipe(
    readPicture(folder.files[0], form),
    TE.map(({ channels, height, width }) => ({ channels, height, width })),
  )
}

/** Decodes the images at `indices` of a folder, all of `sizes`, in that order. */
export const decodeImages =
  (
    folder: ImageFolder,
    indices: ArrayLike<number>,
    sizes: ImageSizes,
    form: PictureForm,
  ): TE.TaskEither<IoError, ImageSet> =>
  async () => {
    const bytes = bytesPerImage(sizes)
    const count = indices.length
    const allocated = E.tryCatch(
      () => new Uint8Array(count * bytes),
      () =>
        ioFormatError(
          folder.folder,
          'images that fit in memory',
          `${count} of ${bytes} bytes each`,
          'Ask for a smaller resizeTo, or go through it with folderBatches.',
        ),
    )
    if (E.isLeft(allocated)) return allocated
    const pixels = allocated.right
    for (let start = 0; start < count; start += atOnce) {
      const part = Array.from(
        { length: Math.min(atOnce, count - start) },
        (_, i) => folder.files[indices[start + i]],
      )
      const pictures = await Promise.all(part.map((file) => readPicture(file, form)()))
      for (const [i, read] of pictures.entries()) {
        const like = pipe(
          read,
          E.chain((picture) => requireLike(part[i], picture, sizes)),
        )
        if (E.isLeft(like)) return like
        pixels.set(like.right.pixels, (start + i) * bytes)
      }
    }
    const labels = Uint32Array.from(indices, (i) => folder.labels[i])
    return E.right({ ...sizes, count, pixels, labels, classes: folder.classes })
  }

/** Decodes all images of a folder, in their order. */
export const decodeFolder = (opened: ImageFolder, form: PictureForm): TE.TaskEither<IoError, ImageSet> =>
  pipe(
    pictureSizes(opened, form),
    TE.chain((sizes) => decodeImages(opened, Uint32Array.from(opened.files.keys()), sizes, form)),
  )

/** `loadImageFolder` of `promises.ts`, as a task. */
export const loadImageFolder = (
  folder: string,
  options?: PictureForm & { readonly classes?: readonly string[] },
): TE.TaskEither<IoError, ImageSet> => {
  const { classes, ...form } = codecs.optionsOf(
    'loadImageFolder',
    'resizeTo channels lightOnDark classes',
    options,
  )
  return pipe(
    openImageFolder(folder, { classes }),
    TE.chain((opened) => decodeFolder(opened, form)),
  )
}
