import type { PixelScale } from 'grad-ts/augment'
import { bytesPerImage, type ImageSet, type ImageSizes } from './imageSet.js'
import { normalizePixels, unitScale } from './pixels.js'

/** Some images of a set, ready for a device. */
export type ImageBatch = ImageSizes & {
  readonly size: number
  /** float32 [size, channels, height, width], scaled. */
  readonly images: Float32Array
  /** int32 [size] */
  readonly labels: Int32Array
  /** Which images of the set these are, in order: int32 [size], for keys that follow the images. */
  readonly indices: Int32Array
}

/**
 * Gathers the images at `indices` into new arrays: (byte / 255 − mean) / std, or 0…1 where `scale` is left out, for
 * transforms and normalisation on the device.
 */
export const gatherImages = (
  set: ImageSet,
  indices: Uint32Array,
  scale: PixelScale = unitScale,
): ImageBatch => {
  const bytes = bytesPerImage(set)
  const pixels = new Uint8Array(indices.length * bytes)
  indices.forEach((from, to) => {
    pixels.set(set.pixels.subarray(from * bytes, (from + 1) * bytes), to * bytes)
  })
  const { channels, height, width } = set
  return {
    size: indices.length,
    channels,
    height,
    width,
    images: normalizePixels(pixels, scale),
    labels: Int32Array.from(indices, (i) => set.labels[i]),
    indices: Int32Array.from(indices),
  }
}
