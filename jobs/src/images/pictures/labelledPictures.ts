import { rasterOf } from '../../pictures/canvas.js'
import { bytesPerImage, type ImageSet } from '../data/imageSet.js'
import type { LabelledPictures } from './mistakeGrid.js'

export type LabelledPicturesOptions = {
  /** Whether light becomes dark: for ink that is kept as white on black. Not unless it is given. */
  readonly inverted?: boolean
}

/** The images of a set as pictures: grey ones grey, those of three channels in their colours. */
export const labelledPictures = (
  set: ImageSet,
  { inverted = false }: LabelledPicturesOptions = {},
): LabelledPictures => {
  const { count, labels, channels, height, width, pixels } = set
  const shown = (byte: number): number => (inverted ? 255 - byte : byte)
  return {
    count,
    labels,
    picture: (index) => {
      const start = index * bytesPerImage(set)
      const at = (channel: number, x: number, y: number): number =>
        shown(pixels[start + (channels === 1 ? 0 : channel) * height * width + y * width + x])
      return rasterOf(width, height, (x, y) => [at(0, x, y), at(1, x, y), at(2, x, y)])
    },
  }
}
