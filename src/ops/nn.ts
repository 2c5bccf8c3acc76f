/** Activations and losses: functions of tensors without parameters. */
export {
  elu,
  type GeluOptions,
  gelu,
  leakyRelu,
  logSigmoid,
  relu,
  silu,
  softplus,
} from './composite/activations.js'
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
export { logSoftmax, type SoftmaxOptions, softmax } from './composite/softmax.js'
export { tanh } from './hyperbolic.js'
export { sigmoid } from './sigmoid.js'
