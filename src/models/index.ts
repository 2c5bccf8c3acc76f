export { dropout } from './dropout.js'
export {
  constantInitializer,
  type Fans,
  fansOf,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  type InitializerOptions,
  lecunNormal,
  lecunUniform,
  torchUniform,
  zerosInitializer,
} from './initializers.js'
export {
  type ApplyOptions,
  activation,
  defineLayer,
  defineStateless,
  isStateless,
  type Layer,
  type ParamsOf,
  type Part,
  type StatelessLayer,
  type StateOf,
} from './layer.js'
export { type LinearOptions, type LinearParams, linear } from './linear.js'
export { mlp } from './mlp.js'
export { type Sequential, type SequentialParams, type SequentialState, sequential } from './sequential.js'
export { summary } from './summary.js'
