export { activation } from './activations.js'
export { adaptiveAvgPool, adaptiveMaxPool } from './adaptivePool.js'
export type { Affine, NormalizationOptions } from './affine.js'
export { type BatchNormOptions, type BatchNormState, batchNorm } from './batchNorm.js'
export { type ConvLayerOptions, conv1d, conv2d, conv3d } from './conv.js'
export { type ConvTransposeLayerOptions, convTranspose2d } from './convTranspose.js'
export { countParameters } from './countParameters.js'
export { dropout } from './dropout.js'
export { type EmbeddingOptions, type EmbeddingParams, embedding } from './embedding.js'
export { flatten } from './flatten.js'
export { groupNorm } from './groupNorm.js'
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
export { layerNorm } from './layerNorm.js'
export { type LinearParams, linear } from './linear.js'
export { mlp } from './mlp.js'
export { type MyNetOptions, myNet } from './myNet.js'
export type { NamedParams, NamedStages, NamedState } from './named.js'
export { avgPool, maxPool } from './pool.js'
export { type Residual, residual } from './residual.js'
export {
  type NamedSequential,
  type ParamsOf,
  type Sequential,
  type StateOf,
  sequential,
} from './sequential.js'
export type { Stage, StageParams, StageState } from './stage.js'
export type { WeightAndBias, WeightAndBiasOptions } from './weightAndBias.js'
