/** Functions of tensors whose layers have the same names: what is exported here is `nn.functional`. */
export { conv1d, conv2d, conv3d } from './convolution.js'
export { avgPool, maxPool } from './pooling.js'
export { convTranspose2d } from './transposedConvolution.js'
