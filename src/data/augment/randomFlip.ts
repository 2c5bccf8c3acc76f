import { flip } from '../../functions/numpy/arrangement.js'
import { optionsOf } from '../../graph/options.js'
import { GradError } from '../../ir/errors.js'
import { where } from '../../ops/elementwise/select.js'
import { bernoulli } from '../../random/bernoulli.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

/**
 * With probability `probability` the mirror image, left and right exchanged (or top and bottom): float[c, h, w] → the same.
 * As torchvision's `RandomHorizontalFlip` and `RandomVerticalFlip`.
 * @throws GradError unless the probability is one
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.randomFlip({ probability: 1 })(random.key(0), np.array([[[1, 2, 3]]])) // => [[[3, 2, 1]]]
 * ```
 */
export const randomFlip = (options?: {
  readonly direction?: 'horizontal' | 'vertical'
  readonly probability?: number
}): ImageTransform => {
  const names = 'direction probability'
  const { direction = 'horizontal', probability = 0.5 } = optionsOf('randomFlip', names, options)
  if (!(probability >= 0 && probability <= 1))
    throw new GradError(`randomFlip: a probability is required, got ${probability}.`)
  return (key, image) => {
    requireImage('randomFlip', image)
    return where(bernoulli(key, probability), flip(image, direction === 'horizontal' ? 2 : 1), image)
  }
}
