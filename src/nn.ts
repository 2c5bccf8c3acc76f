/** Neural networks: activations and losses (functions of tensors), layers and models (`init` and `apply` pairs). */
export * from './models/index.js'
export * from './ops/nn.js'
