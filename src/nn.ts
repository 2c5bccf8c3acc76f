/**
 * Neural networks: activations and losses (functions of tensors), layers and models (`init` and `apply` pairs). `conv2d`, `maxPool` and
 * their like are both: of tensors, the function; otherwise the layer.
 */

export * from './functions/nn.js'
export * from './models/index.js'
export { avgPool, conv1d, conv2d, conv3d, convTranspose2d, maxPool } from './models/index.js'
