/** Activations and losses: functions of tensors without parameters. Those whose layers have the same names are in `nn/functional.ts`. */

export { sigmoid } from '../ops/elementwise/exp.js'
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
export type { ConvolutionOptions } from './nn/convolution.js'
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
export { type OneHotOptions, oneHot } from './nn/oneHot.js'
export type { PerAxis, SpatialPadding } from './nn/perAxis.js'
export type { AveragePoolOptions, PoolOptions } from './nn/pooling.js'
export { logSoftmax, type SoftmaxOptions, softmax } from './nn/softmax.js'
export type { TransposedConvolutionOptions } from './nn/transposedConvolution.js'
