import { array } from '../../functions/numpy/array.js'
import { clip } from '../../functions/numpy/elementwise.js'
import { mean, sum } from '../../functions/numpy/reductions.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { add, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { convert } from '../../ops/elementwise/convert.js'
import { where } from '../../ops/elementwise/select.js'
import { reshape } from '../../ops/movement/reshape.js'
import { bernoulli } from '../../random/bernoulli.js'
import { split } from '../../random/split.js'
import { uniform } from '../../random/uniform.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

/** How bright red, green and blue look; the sum is 1. @see ITU-R BT.601 */
const luma = [0.299, 0.587, 0.114]

/** Mean over the pixels of how bright they look: float[c, h, w] → float[], c one or three. */
const greyMean = (name: string, image: Tensor): Tensor => {
  const [channels] = requireImage(name, image)
  if (channels === 1) return mean(image)
  if (channels !== 3)
    throw new ShapeError(`${name}: one channel or three are required, got ${formatAval(image.aval)}.`)
  const weights = convert(reshape(array(luma), [3, 1, 1]), image.dtype)
  return mean(sum(mul(image, weights), { axis: 0 }))
}

/** other + factor·(image − other), within 0…1. */
const blend = (image: Tensor, other: TensorLike, factor: TensorLike): Tensor =>
  clip(add(mul(image, factor), mul(other, sub(1, factor))), 0, 1)

/**
 * clamp(factor·image, 0, 1): float[c, h, w] of 0…1 → the same. As torchvision's `adjust_brightness`.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.adjustBrightness(np.array([[[0.25, 0.75]]]), 2) // => [[[0.5, 1]]]
 * ```
 */
export const adjustBrightness = (image: Tensor, factor: number | Tensor): Tensor => blend(image, 0, factor)

/**
 * clamp(factor·image + (1 − factor)·m, 0, 1), m the image's mean as grey (0.299 R + 0.587 G + 0.114 B):
 * float[c, h, w] of 0…1 → the same, c one or three. As torchvision's `adjust_contrast`, whose weights for grey have the
 * sum 0.9999: here a grey image and the same one as RGB agree.
 * @throws ShapeError unless there are one or three channels
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.adjustContrast(np.array([[[0.25, 0.75]]]), 0) // => [[[0.5, 0.5]]]
 * ```
 */
export const adjustContrast = (image: Tensor, factor: number | Tensor): Tensor =>
  blend(image, greyMean('adjustContrast', image), factor)

export type JitterOptions = {
  /** The factor of brightness is uniform on [max(0, 1 − brightness), 1 + brightness]. */
  readonly brightness?: number
  /** The factor of contrast is uniform on [max(0, 1 − contrast), 1 + contrast]. */
  readonly contrast?: number
}

/**
 * Brightness and contrast changed by random factors, in random order (half of the images get contrast first, as
 * torchvision's `ColorJitter` shuffles them; clamping makes that a difference): float[c, h, w] of 0…1 → the same.
 * @throws GradError on negative strengths
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const image = random.uniform(random.key(1), [1, 4, 4])
 * np.allclose(augment.colorJitter({})(random.key(0), image), image) // => true
 * ```
 */
export const colorJitter = (options: JitterOptions): ImageTransform => {
  const { brightness = 0, contrast = 0 } = optionsOf('colorJitter', 'brightness contrast', options)
  if (!(brightness >= 0 && contrast >= 0))
    throw new GradError(
      `colorJitter: strengths from 0 on are required, got brightness ${brightness} and contrast ${contrast}.`,
    )
  return (key, image) => {
    const [orderKey, brightnessKey, contrastKey] = split(key, 3)
    const factor = (k: Tensor, strength: number): Tensor =>
      uniform(k, [], { min: Math.max(0, 1 - strength), max: 1 + strength })
    const isContrastFirst = bernoulli(orderKey)
    const bright = factor(brightnessKey, brightness)
    const contrasting = factor(contrastKey, contrast)
    // both are blends, brightness with 0 and contrast with the mean, so that the order chooses numbers and not images
    const step = (x: Tensor, isContrast: Tensor): Tensor =>
      blend(x, where(isContrast, greyMean('colorJitter', x), 0), where(isContrast, contrasting, bright))
    return step(step(image, isContrastFirst), isContrastFirst.equal(false))
  }
}
