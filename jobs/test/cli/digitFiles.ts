import { isRight } from 'fp-ts/lib/Either.js'
import { bytesPerImage, type ImageSet } from '../../src/images/data/imageSet.js'
import { loadMnistTest } from '../../src/images/data/mnist.js'
import { type Painted, pngBytes } from '../images/data/pngFiles.js'

/** The test images of MNIST. */
export const testDigits = async (): Promise<ImageSet> => {
  const loaded = await loadMnistTest()()
  if (!isRight(loaded)) throw new Error(loaded.left.message)
  return loaded.right
}

export type Drawn = Pick<Painted, 'colorType'> & {
  /** Pixels of the picture for each of the digit's, down and across. */
  readonly scale?: number
  readonly inverted?: boolean
}

/** One of the digits as a PNG. */
export const digitPng = (
  digits: ImageSet,
  index: number,
  { scale = 1, inverted = false, colorType = 0 }: Drawn = {},
): Uint8Array =>
  pngBytes({
    height: scale * digits.height,
    width: scale * digits.width,
    colorType,
    pixel: (y, x) => {
      const at = index * bytesPerImage(digits) + Math.floor(y / scale) * digits.width + Math.floor(x / scale)
      const ink = inverted ? 255 - digits.pixels[at] : digits.pixels[at]
      return [ink, ink, ink]
    },
  })
