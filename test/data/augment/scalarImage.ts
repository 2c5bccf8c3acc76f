import { np, type Tensor } from '../../../src/index.js'

/** An image as nested arrays [channel][row][column], for oracles that go pixel by pixel in float64. */
export type ScalarImage = readonly (readonly (readonly number[])[])[]

export const toScalar = (image: Tensor): ScalarImage => image.toArray() as ScalarImage
export const fromScalar = (image: ScalarImage): Tensor => np.array(image)

/** The pixel, and 0 outside of the image. */
export const pixelOrZero = (channel: readonly (readonly number[])[], y: number, x: number): number =>
  channel[y]?.[x] ?? 0

export const mapPixels = (
  image: ScalarImage,
  f: (value: number, c: number, y: number, x: number) => number,
): ScalarImage => image.map((rows, c) => rows.map((row, y) => row.map((value, x) => f(value, c, y, x))))

/** The largest difference of two images of one size. */
export const difference = (a: ScalarImage, b: ScalarImage): number => {
  const sizes = [a, b].map((i) => `${i.length}×${i[0].length}×${i[0][0].length}`)
  if (sizes[0] !== sizes[1]) throw new Error(`images of one size are required, got ${sizes}`)
  const [p, q] = [a, b].map((i) => i.flat(2))
  return p.reduce((worst, value, i) => Math.max(worst, Math.abs(value - q[i])), 0)
}
