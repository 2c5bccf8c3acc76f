/** `nn.functional`: functions of tensors that share their names with layers. */
export { conv1d, conv2d, conv3d } from './convolution.js'
export { avgPool, maxPool } from './pooling.js'
export { convTranspose2d } from './transposedConvolution.js'
