import { epochOrder } from 'grad-ts/train'
import type { ImageFolder } from './imageFolder.js'

/**
 * The images of a folder in an order that has nothing to do with their classes, the first `limit` of them where there are more. A folder
 * lists one class after the other, so its own first n would be of a class or two. The order follows from the number of images
 * alone: the same folder gives the same images each time, and a smaller sample is the beginning of a larger one.
 */
export const sampledFolder = (folder: ImageFolder, limit?: number): ImageFolder => {
  const order = epochOrder(folder.files.length, { seed: 0, epoch: 0 }).subarray(0, limit)
  return {
    ...folder,
    files: Array.from(order, (i) => folder.files[i]),
    labels: Uint32Array.from(order, (i) => folder.labels[i]),
  }
}
