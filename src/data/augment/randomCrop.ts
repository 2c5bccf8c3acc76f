import { pad } from '../../functions/numpy/padding.js'
import { optionsOf } from '../../graph/options.js'
import { formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { dynamicSlice } from '../../ops/indexing/dynamicSlice.js'
import { reshape } from '../../ops/movement/reshape.js'
import { randint } from '../../random/randint.js'
import { split } from '../../random/split.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

/**
 * A window of height × width at a random place of the image surrounded by `padding` zeros: float[c, h, w] →
 * float[c, height, width], every place equally likely. As torchvision's `RandomCrop(size, padding)`.
 * @throws GradError unless sizes are positive integers and padding is one from 0 on; ShapeError where the window is larger
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const shift = augment.randomCrop(28, 28, { padding: 2 })
 * shift(random.key(0), np.ones([1, 28, 28])).shape // => [1, 28, 28]
 * ```
 */
export const randomCrop = (
  height: number,
  width = height,
  options?: { readonly padding?: number },
): ImageTransform => {
  const { padding = 0 } = optionsOf('randomCrop', 'padding', options)
  if (
    ![height, width].every((n) => Number.isInteger(n) && n > 0) ||
    !Number.isInteger(padding) ||
    padding < 0
  )
    throw new GradError(
      `randomCrop: positive sizes and padding from 0 on are required, got ${height}, ${width} and ${padding}.`,
    )
  return (key, image) => {
    const [channels, h, w] = requireImage('randomCrop', image)
    const [spareRows, spareColumns] = [h + 2 * padding - height, w + 2 * padding - width]
    if (spareRows < 0 || spareColumns < 0)
      throw new ShapeError(
        `randomCrop: an image of at least ${height}×${width} with ${padding} of padding is required, got ${formatAval(image.aval)}. Resize it, or pad more.`,
      )
    const [rowKey, columnKey] = split(key)
    const around = [padding, padding] as const
    return dynamicSlice(
      padding === 0 ? image : pad(image, [[0, 0], around, around]),
      [
        0,
        reshape(randint(rowKey, [], 0, spareRows + 1), []),
        reshape(randint(columnKey, [], 0, spareColumns + 1), []),
      ],
      [channels, height, width],
    )
  }
}
