import { array } from '../../functions/numpy/array.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { div, sub } from '../../ops/elementwise/arithmetic.js'
import { convert } from '../../ops/elementwise/convert.js'
import { reshape } from '../../ops/movement/reshape.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

/**
 * (image − mean) / std: float[c, h, w] → float[c, h, w]; numbers for all channels, or one for each.
 * @throws GradError unless every std is positive; ShapeError where there are not as many numbers as channels
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.normalize(0.5, 0.25)(random.key(0), np.array([[[0, 0.5, 1]]])) // => [[[-2, 0, 2]]]
 * ```
 */
export const normalize = (
  mean: number | readonly number[],
  std: number | readonly number[],
): ImageTransform => {
  if ([std].flat().some((s) => !(s > 0)))
    throw new GradError(`normalize: a positive std is required, got ${std}.`)
  return (_key, image) => {
    const [channels] = requireImage('normalize', image)
    const each = (name: string, values: number | readonly number[]): number | Tensor => {
      if (typeof values === 'number') return values
      if (values.length !== channels)
        throw new ShapeError(
          `normalize: a ${name} for each channel of ${formatAval(image.aval)} is required, got ${values.length}.`,
        )
      return convert(reshape(array(values), [channels, 1, 1]), image.dtype)
    }
    return div(sub(image, each('mean', mean)), each('std', std))
  }
}
