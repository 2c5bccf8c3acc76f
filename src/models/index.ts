export { type ConvLayerOptions, conv1d, conv2d, conv3d } from './convolution/conv.js'
export { type ConvTransposeLayerOptions, convTranspose2d } from './convolution/convTranspose.js'
export { type EmbeddingOptions, type EmbeddingParams, embedding } from './dense/embedding.js'
export { type LinearParams, linear } from './dense/linear.js'
export { mlp } from './dense/mlp.js'
export { dropout } from './dropout.js'
export { flatten } from './flatten.js'
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  torchUniform,
} from './initializers.js'
export {
  type AnyLayer,
  type Layer,
  layer,
  type Mode,
  type Part,
  type StatelessLayer,
  stateless,
  type Variables,
} from './layer.js'
export { countParameters, type NamedParams, type NamedStages, type NamedState } from './named.js'
export type { Affine, NormalizationOptions } from './normalization/affine.js'
export { type BatchNormOptions, type BatchNormState, batchNorm } from './normalization/batchNorm.js'
export { groupNorm } from './normalization/groupNorm.js'
export { layerNorm } from './normalization/layerNorm.js'
export { adaptiveAvgPool, adaptiveMaxPool } from './pooling/adaptivePool.js'
export { avgPool, maxPool } from './pooling/pool.js'
export { type Residual, residual } from './residual.js'
export {
  type NamedSequential,
  type ParamsOf,
  type Sequential,
  type StateOf,
  sequential,
} from './sequential.js'
export type { Stage, StageParams, StageState } from './stage.js'
export { activation } from './stage.js'
export type { WeightAndBias, WeightAndBiasOptions } from './weightAndBias.js'
