import { np, type Tensor } from 'grad-ts'
import type { Dataset } from 'grad-ts/train'
import { gatherImages, type ImageBatch } from './imageBatch.js'
import type { ImageSet } from './imageSet.js'

/** Images f32[n, channels, height, width] of 0…1, and what each shows, i32[n]. */
export type LabelledImages = { readonly images: Tensor; readonly labels: Tensor }

/** A batch on its device. */
export const labelledImages = (batch: ImageBatch): LabelledImages => {
  const { images, labels, size, channels, height, width } = batch
  return { images: np.array(images).reshape([size, channels, height, width]), labels: np.array(labels) }
}

/** A set of images as examples. */
export const imageDataset = (set: ImageSet): Dataset<LabelledImages> => ({
  count: set.count,
  batch: (indices) => labelledImages(gatherImages(set, indices)),
})
