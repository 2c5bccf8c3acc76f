import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { GradError } from 'grad-ts'
import type { PixelScale } from 'grad-ts/augment'
import { codecs, type IoError } from 'grad-ts/io'
import { type EpochOrder, epochOrder } from 'grad-ts/train'
import { gatherImages, type ImageBatch } from './imageBatch.js'
import type { ImageFolder } from './imageFolder.js'
import type { ImageSet, ImageSizes } from './imageSet.js'
import { decodeImages, type PictureForm } from './loadImageFolder.js'

export type BatchOptions = EpochOrder & {
  readonly batchSize: number
  /** Without it, a last batch may be smaller. */
  readonly dropLast?: boolean
  /** The batch to begin with: what an interrupted epoch has left. */
  readonly from?: number
  /** The scale of pixels; 0…1 where it is left out. */
  readonly scale?: PixelScale
}

export type FolderBatchOptions = BatchOptions &
  PictureForm & {
    /** Batches that are read and decoded before they are asked for; 2 by default. */
    readonly ahead?: number
  }

/** The indices of each batch that is left of an epoch, in order. */
const remaining = (count: number, options: BatchOptions): readonly Uint32Array[] => {
  const { batchSize, dropLast = false, from = 0, seed, epoch, shuffle } = options
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new GradError(`batches: a positive batchSize is required, got ${batchSize}.`)
  const total = dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize)
  if (!Number.isInteger(from) || from < 0 || from > total)
    throw new GradError(`batches: a batch from 0 to ${total} to begin with is required, got ${from}.`)
  const order = epochOrder(count, { seed, epoch, shuffle })
  return Array.from({ length: total - from }, (_, i) =>
    order.subarray((from + i) * batchSize, (from + i + 1) * batchSize),
  )
}

/**
 * The batches of one epoch of a set in memory, gathered as they are asked for. Seed and epoch decide everything: beginning
 * at batch k gives what the whole epoch gives from its k-th on.
 * @throws GradError unless sizes and numbers are in range
 * @example
 * ```ts
 * import * as data from 'grad-ts-jobs'
 * const signs = data.trafficSigns({ count: 100, size: 16, seed: 0 })
 * const epoch = { batchSize: 32, seed: 1, epoch: 0 }
 * const sizes = [...data.batches(signs, epoch)].map((batch) => batch.size)
 * sizes // => [32, 32, 32, 4]
 * const [rest] = data.batches(signs, { ...epoch, from: 3 })
 * rest.labels.length // => 4
 * ```
 */
export function* batches(set: ImageSet, given: BatchOptions): Generator<ImageBatch, void, void> {
  const options = codecs.optionsOf('batches', 'batchSize dropLast from scale seed epoch shuffle', given)
  for (const indices of remaining(set.count, options)) yield gatherImages(set, indices, options.scale)
}

/**
 * The batches of one epoch of a folder that is too large for memory, decoded as they are asked for; the next `ahead` (2) are being
 * read and decoded meanwhile. The order is that of `batches`. Ends after the first error.
 * @param sizes those of every image: see `pictureSizes`
 * @throws GradError unless sizes and numbers are in range
 */
export async function* folderBatches(
  folder: ImageFolder,
  sizes: ImageSizes,
  given: FolderBatchOptions,
): AsyncGenerator<E.Either<IoError, ImageBatch>, void, void> {
  const {
    ahead = 2,
    resizeTo,
    channels,
    lightOnDark,
    ...options
  } = codecs.optionsOf(
    'folderBatches',
    'ahead resizeTo channels lightOnDark batchSize dropLast from scale seed epoch shuffle',
    given,
  )
  const form = { resizeTo, channels, lightOnDark }
  const load = async (indices: Uint32Array): Promise<E.Either<IoError, ImageBatch>> =>
    pipe(
      await decodeImages(folder, indices, sizes, form)(),
      E.map((set) => ({
        ...gatherImages(set, Uint32Array.from(indices.keys()), options.scale),
        indices: Int32Array.from(indices),
      })),
    )
  const all = remaining(folder.files.length, options)
  const begun: Promise<E.Either<IoError, ImageBatch>>[] = []
  for (let next = 0, i = 0; i < all.length; i++) {
    while (next < all.length && next <= i + ahead) begun.push(load(all[next++]))
    const batch = await (begun.shift() as Promise<E.Either<IoError, ImageBatch>>)
    yield batch
    if (E.isLeft(batch)) return
  }
}
