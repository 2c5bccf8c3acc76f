import { colorJitter } from './colorJitter.js'
import { greyToRgb } from './greyToRgb.js'
import { compose, type ImageTransform } from './imageTransform.js'
import { normalize } from './normalize.js'
import { randomRotation } from './randomRotation.js'
import { resize } from './resize.js'

/** Mean and standard deviation of a data set's pixels, each pixel scaled to 0…1. */
export type PixelScale = { readonly mean: number; readonly std: number }

/** The mean and deviation of MNIST's 60,000 training images. */
export const mnistScale: PixelScale = { mean: 0.1307, std: 0.3081 }

const finish: ImageTransform = compose(normalize(mnistScale.mean, mnistScale.std), greyToRgb)

/**
 * Makes a digit of MNIST ready for training: f32[1, 28, 28] of 0…1 → f32[3, 48, 48], resized, turned by ±10°
 * (the nearest pixel), brightness and contrast changed by factors of 0.8…1.2, normalised by mean 0.1307 and deviation 0.3081.
 *
 * The grey channel is repeated last: everything before treats channels alike, and a grey image and the same one in
 * three channels have one mean, so the values are those of repeating it after resizing, for a third of the work.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.mnistTrainTransform(random.key(0), np.zeros([1, 28, 28])).shape // => [3, 48, 48]
 * ```
 */
export const mnistTrainTransform: ImageTransform = compose(
  resize(48),
  randomRotation(10),
  colorJitter({ brightness: 0.2, contrast: 0.2 }),
  finish,
)

/** Makes a digit of MNIST ready for testing: f32[1, 28, 28] of 0…1 → f32[3, 48, 48], resized and normalised. */
export const mnistTestTransform: ImageTransform = compose(resize(48), finish)
