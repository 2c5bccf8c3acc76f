import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { broadcastTo } from '../../ops/elementwise/lift.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

/**
 * The one channel of a grey image three times: float[1, h, w] → float[3, h, w].
 * @throws ShapeError unless there is one channel
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.greyToRgb(random.key(0), np.array([[[0.5]]])) // => [[[0.5]], [[0.5]], [[0.5]]]
 * ```
 */
export const greyToRgb: ImageTransform = (_key, image) => {
  const [channels, height, width] = requireImage('greyToRgb', image)
  if (channels !== 1)
    throw new ShapeError(
      `greyToRgb: an image of one channel is required, got ${formatAval(image.aval)}. Leave it out for coloured images.`,
    )
  return broadcastTo(image, [3, height, width])
}
