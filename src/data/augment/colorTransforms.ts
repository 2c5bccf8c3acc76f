import { colorJitter } from './colorJitter.js'
import { compose, type ImageTransform } from './imageTransform.js'
import { normalize } from './normalize.js'
import { randomRotation } from './randomRotation.js'
import { resize } from './resize.js'

/** 0…1 → −1…1: mean and deviation of MNIST say nothing about coloured images. */
const centred: ImageTransform = normalize(0.5, 0.5)

/**
 * Makes a coloured image ready for training: f32[3, h, w] of 0…1 → f32[3, 48, 48] of −1…1. The steps are those of
 * `mnistTrainTransform`: resized, turned by ±10° (the nearest pixel), brightness and contrast changed by factors of 0.8…1.2.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.colorTrainTransform(random.key(0), np.zeros([3, 64, 60])).shape // => [3, 48, 48]
 * ```
 */
export const colorTrainTransform: ImageTransform = compose(
  resize(48),
  randomRotation(10),
  colorJitter({ brightness: 0.2, contrast: 0.2 }),
  centred,
)

/** Makes a coloured image ready for testing: f32[3, h, w] of 0…1 → f32[3, 48, 48] of −1…1, resized and normalised. */
export const colorTestTransform: ImageTransform = compose(resize(48), centred)
