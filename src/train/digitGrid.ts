import type { ImageSet } from '../data/imageSet.js'
import { labelledPictures } from './pictures/labelledPictures.js'
import { mistakeGrid } from './pictures/mistakeGrid.js'

/**
 * A PNG of up to `limit` misread digits, dark on light, each with `true → predicted` under it.
 * `predicted[i]` belongs to the i-th digit.
 */
export const digitGrid = (digits: ImageSet, predicted: ArrayLike<number>, limit = 40): Uint8Array =>
  mistakeGrid(labelledPictures(digits, { inverted: true }), predicted, { names: digits.classes, limit })
