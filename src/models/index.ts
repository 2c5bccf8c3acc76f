export { activation } from './activations.js'
export { dropout } from './dropout.js'
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
export type { Layer, Mode, StatelessLayer, Variables } from './layer.js'
export { type LinearParams, linear } from './linear.js'
export { mlp } from './mlp.js'
export { type ParamsOf, type Sequential, type Stage, type StateOf, sequential } from './sequential.js'
export { countParameters, summary } from './summary.js'
