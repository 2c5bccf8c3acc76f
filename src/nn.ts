/**
 * Neural networks: activations and losses (functions of tensors), layers and models (`init` and `apply` pairs). A name such as `conv2d`
 * or `maxPool` is a layer; the function of tensors is `functional.conv2d`, as in PyTorch.
 */

export * as functional from './functions/nn/functional.js'
export * from './functions/nn.js'
export * from './models/index.js'
