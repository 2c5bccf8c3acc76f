/** Activations, losses, convolutions and pooling: functions of tensors without parameters. */
export {
  elu,
  type GeluOptions,
  gelu,
  leakyRelu,
  logSigmoid,
  silu,
  softplus,
} from './composite/activations.js'
export { type ConvolutionOptions, conv1d, conv2d, conv3d } from './composite/convolution.js'
export { sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from './composite/crossEntropy.js'
export { oneHot } from './composite/indexing.js'
export {
  type CosineOptions,
  cosineDistance,
  cosineSimilarity,
  type HuberOptions,
  huber,
  klDivergence,
  meanSquaredError,
  squaredError,
} from './composite/losses.js'
export type { PerAxis, SpatialPadding } from './composite/perAxis.js'
export { type AveragePoolOptions, avgPool, maxPool, type PoolOptions } from './composite/pooling.js'
export { logSoftmax, type SoftmaxOptions, softmax } from './composite/softmax.js'
export { convTranspose2d, type TransposedConvolutionOptions } from './composite/transposedConvolution.js'
export { tanh } from './hyperbolic.js'
export { relu } from './relu.js'
export { sigmoid } from './sigmoid.js'
