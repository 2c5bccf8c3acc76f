/** Activations, losses, convolutions and pooling: functions of tensors without parameters. */

export { sigmoid } from '../ops/elementwise/exp.js'
export { tanh } from '../ops/elementwise/hyperbolic.js'
export { relu } from '../ops/elementwise/relu.js'
export {
  elu,
  type GeluOptions,
  gelu,
  leakyRelu,
  logSigmoid,
  silu,
  softplus,
} from './nn/activations.js'
export { type ConvolutionOptions, conv1d, conv2d, conv3d } from './nn/convolution.js'
export { sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from './nn/crossEntropy.js'
export {
  type CosineOptions,
  cosineDistance,
  cosineSimilarity,
  type HuberOptions,
  huber,
  klDivergence,
  meanSquaredError,
  squaredError,
} from './nn/losses.js'
export type { PerAxis, SpatialPadding } from './nn/perAxis.js'
export { type AveragePoolOptions, avgPool, maxPool, type PoolOptions } from './nn/pooling.js'
export { logSoftmax, type SoftmaxOptions, softmax } from './nn/softmax.js'
export { convTranspose2d, type TransposedConvolutionOptions } from './nn/transposedConvolution.js'
export { oneHot } from './numpy/indexing.js'
