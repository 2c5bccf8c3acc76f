/** Image transforms: functions of a random key and an image, composed, jitted and mapped over batches. */
export type { Interpolation } from './affineSample.js'
export { adjustBrightness, adjustContrast, colorJitter, type JitterOptions } from './colorJitter.js'
export { colorTestTransform, colorTrainTransform } from './colorTransforms.js'
export { greyToRgb } from './greyToRgb.js'
export {
  batched,
  batchedFrom,
  compose,
  type ImageTransform,
  identityTransform,
  monoidImageTransform,
} from './imageTransform.js'
export {
  mnistScale,
  mnistTestTransform,
  mnistTrainTransform,
  type PixelScale,
} from './mnistTransforms.js'
export { normalize } from './normalize.js'
export { type AffineDraw, type AffineOptions, affine, randomAffine } from './randomAffine.js'
export { randomCrop } from './randomCrop.js'
export { randomFlip } from './randomFlip.js'
export { randomRotation, rotate } from './randomRotation.js'
export { resize } from './resize.js'
export { resizeWeights } from './resizeWeights.js'
