import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { mul, neg } from '../../ops/elementwise/arithmetic.js'
import { cos, sin } from '../../ops/elementwise/trigonometric.js'
import { uniform } from '../../random/uniform.js'
import { affineSample, type Interpolation } from './affineSample.js'
import type { ImageTransform } from './imageTransform.js'

/**
 * The image turned about its centre by an angle in degrees (a number or float[]), counter-clockwise as one sees it; what
 * comes in from outside is 0. float[c, h, w] → the same. As torchvision's `rotate(image, angle, interpolation)`.
 * out(x, y) = image(x·cos a − y·sin a, x·sin a + y·cos a), from the centre, y down
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.rotate(np.array([[[1, 2], [3, 4]]]), 90, 'nearest') // => [[[2, 4], [1, 3]]]
 * ```
 */
export const rotate = (image: Tensor, degrees: number | Tensor, interpolation: Interpolation): Tensor =>
  rotateFor('rotate', image, degrees, interpolation)

const rotateFor = (
  name: string,
  image: Tensor,
  degrees: number | Tensor,
  interpolation: Interpolation,
): Tensor => {
  const angle = mul(degrees, Math.PI / 180)
  const [c, s] = [cos(angle), sin(angle)]
  return affineSample(
    name,
    image,
    [
      [c, neg(s), 0],
      [s, c, 0],
    ],
    interpolation,
  )
}

/**
 * Rotation about the centre by an angle uniform on ±`degrees`, zeros outside: float[c, h, w] → the same. The value between
 * pixels is that of the nearest one, as torchvision's `RandomRotation` has it where nothing is said, or bilinear.
 * @throws GradError unless 0 ≤ degrees ≤ 180
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const image = random.uniform(random.key(1), [3, 8, 8])
 * np.arrayEqual(augment.randomRotation(0)(random.key(0), image), image) // => true
 * ```
 */
export const randomRotation = (
  degrees: number,
  options?: { readonly interpolation?: Interpolation },
): ImageTransform => {
  const { interpolation = 'nearest' } = optionsOf('randomRotation', 'interpolation', options)
  if (!(degrees >= 0 && degrees <= 180))
    throw new GradError(`randomRotation: 0 to 180 degrees are required, got ${degrees}.`)
  return (key, image) =>
    rotateFor('randomRotation', image, uniform(key, [], { min: -degrees, max: degrees }), interpolation)
}
