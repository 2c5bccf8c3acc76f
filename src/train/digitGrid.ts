import type { Digits } from '../data/digits.js'
import { mistakeGrid } from './pictures/mistakeGrid.js'
import { rasterOf } from './pictures/raster.js'

/**
 * A PNG of up to `limit` misread digits, dark on light, each with `true > predicted` under it.
 * `predicted[i]` belongs to the i-th digit.
 */
export const digitGrid = (digits: Digits, predicted: ArrayLike<number>, limit = 40): Uint8Array => {
  const { images, count, labels, rows, cols } = digits
  const picture = (index: number) =>
    rasterOf(cols, rows, (x, y) => {
      const ink = 255 - images[(index * rows + y) * cols + x]
      return [ink, ink, ink]
    })
  return mistakeGrid({ count, labels, picture }, predicted, { limit })
}
