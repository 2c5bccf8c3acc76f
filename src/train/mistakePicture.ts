import type { ImageSet } from '../data/imageSet.js'
import { mistakeGrid } from './pictures/mistakeGrid.js'
import { type Raster, rasterOf } from './pictures/raster.js'

/** An image of a set: grey ones dark on light, as ink on paper. */
export const pictureOf = ({ pixels, channels, height, width }: ImageSet, index: number): Raster => {
  const plane = height * width
  const byte = (channel: number, x: number, y: number) =>
    pixels[(index * channels + channel) * plane + y * width + x]
  return rasterOf(width, height, (x, y) => {
    if (channels === 3) return [byte(0, x, y), byte(1, x, y), byte(2, x, y)]
    const ink = 255 - byte(0, x, y)
    return [ink, ink, ink]
  })
}

/** A PNG of up to `limit` misread images, each with its true and its predicted class. `predicted[i]` belongs to the i-th image. */
export const mistakePicture = (set: ImageSet, predicted: ArrayLike<number>, limit = 40): Uint8Array =>
  mistakeGrid(
    { count: set.count, labels: set.labels, picture: (index) => pictureOf(set, index) },
    predicted,
    { limit, names: set.classes },
  )
