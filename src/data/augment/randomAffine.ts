import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { add, div, mul, neg, sub } from '../../ops/elementwise/arithmetic.js'
import { round } from '../../ops/elementwise/rounding.js'
import { cos, sin, tan } from '../../ops/elementwise/trigonometric.js'
import { split } from '../../random/split.js'
import { uniform } from '../../random/uniform.js'
import { type AffineMap, affineSample, type Interpolation } from './affineSample.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'

export type AffineOptions = {
  /** Turned by an angle of ±degrees. */
  readonly degrees?: number
  /** Moved by up to these parts of the width and the height, to whole pixels. */
  readonly translate?: readonly [x: number, y: number]
  /** Made larger by a factor between these. */
  readonly scale?: readonly [least: number, most: number]
  /** Slanted along x and along y by angles of up to ±degrees. */
  readonly shear?: readonly [x: number, y: number]
  readonly interpolation?: Interpolation
}

/** The random numbers: degrees, pixels, a factor, degrees. */
export type AffineDraw = {
  readonly angle: number | Tensor
  readonly translate: readonly [number | Tensor, number | Tensor]
  readonly scale: number | Tensor
  readonly shear: readonly [number | Tensor, number | Tensor]
}

/**
 * Where each place of the result is read. Forward, about the centre: T·R(a)·S(sx, sy)·k, that is slanted, turned clockwise, scaled,
 * moved. Its inverse, the determinant of the slanted rotation being 1:
 * [d, −b; −c, a]/k with a = cos(a − sy)/cos sy, b = −cos(a − sy)·tan sx/cos sy − sin a,
 * c = sin(a − sy)/cos sy, d = −sin(a − sy)·tan sx/cos sy + cos a
 */
const inverseMap = ({
  angle,
  translate: [tx, ty],
  scale,
  shear: [shearX, shearY],
}: AffineDraw): AffineMap => {
  const [turn, sx, sy] = [angle, shearX, shearY].map((degrees) => mul(degrees, Math.PI / 180))
  const [along, across] = [cos(sub(turn, sy)), sin(sub(turn, sy))].map((v) => div(v, cos(sy)))
  const b = sub(neg(mul(along, tan(sx))), sin(turn))
  const d = add(neg(mul(across, tan(sx))), cos(turn))
  const row = (m: Tensor, n: Tensor) => {
    const [p, q] = [div(m, scale), div(n, scale)]
    return [p, q, neg(add(mul(p, tx), mul(q, ty)))] as const
  }
  return [row(d, neg(b)), row(neg(across), along)]
}

/**
 * The image slanted, turned (clockwise for positive angles), scaled about its centre, then moved (to the right, down); zeros come in
 * from outside. float[c, h, w] → the same. As torchvision's `affine(image, angle, translate, scale, shear)`.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const draw = { angle: 0, translate: [1, 0], scale: 1, shear: [0, 0] } as const
 * augment.affine(np.array([[[1, 2, 3]]]), draw, 'nearest') // => [[[0, 1, 2]]]
 * ```
 */
export const affine = (image: Tensor, draw: AffineDraw, interpolation: Interpolation): Tensor =>
  affineSample('affine', image, inverseMap(draw), interpolation)

/**
 * A random turn, move, scale and slant at once, each uniform within its range; what is left out is not done.
 * float[c, h, w] → the same. As torchvision's `RandomAffine`.
 * @throws GradError unless angles are 0 to 180 (slants below 90), parts 0 to 1, factors positive and in order
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const jiggle = augment.randomAffine({ degrees: 5, translate: [0.1, 0.1], scale: [0.9, 1.1] })
 * jiggle(random.key(0), np.ones([1, 8, 8])).shape // => [1, 8, 8]
 * ```
 */
export const randomAffine = (options: AffineOptions): ImageTransform => {
  const {
    degrees = 0,
    translate = [0, 0],
    scale = [1, 1],
    shear = [0, 0],
    interpolation = 'nearest',
  } = optionsOf('randomAffine', 'degrees translate scale shear interpolation', options)
  const within = (x: number, most: number): boolean => x >= 0 && x <= most
  if (!within(degrees, 180))
    throw new GradError(`randomAffine: 0 to 180 degrees are required, got ${degrees}.`)
  if (!translate.every((part) => within(part, 1)))
    throw new GradError(`randomAffine: translate of parts from 0 to 1 is required, got ${translate}.`)
  if (!(scale[0] > 0 && scale[0] <= scale[1]))
    throw new GradError(`randomAffine: scale of positive factors in order is required, got ${scale}.`)
  if (!shear.every((angle) => within(angle, 89)))
    throw new GradError(`randomAffine: shear of 0 to 89 degrees is required, got ${shear}.`)
  return (key, image) => {
    const [, height, width] = requireImage('randomAffine', image)
    const keys = split(key, 6)
    const around = (i: number, most: number): Tensor => uniform(keys[i], [], { min: -most, max: most })
    return affineSample(
      'randomAffine',
      image,
      inverseMap({
        angle: around(0, degrees),
        translate: [round(around(1, translate[0] * width)), round(around(2, translate[1] * height))],
        scale: uniform(keys[3], [], { min: scale[0], max: scale[1] }),
        shear: [around(4, shear[0]), around(5, shear[1])],
      }),
      interpolation,
    )
  }
}
