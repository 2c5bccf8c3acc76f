import { convolution as convolutionFor } from '../../functions/nn/convolution.js'
import type { PerAxis } from '../../functions/nn/perAxis.js'
import { eachAxis } from '../../functions/nn/perAxis.js'
import {
  type ConvolutionOptions,
  conv1d as convolve1d,
  conv2d as convolve2d,
  conv3d as convolve3d,
} from '../../functions/nn.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { reshape } from '../../ops/movement/reshape.js'
import { channelShape, requireImages } from '../imageInput.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { initWeightAndBias, type WeightAndBias, type WeightAndBiasOptions } from '../weightAndBias.js'

/** Stride, padding, dilation and groups as the functions of the same names have them; `bias`, `weightInit`. */
export type ConvLayerOptions<B extends boolean = true> = ConvolutionOptions & WeightAndBiasOptions<B>

type Sizes<B extends boolean> = readonly [
  inputs: number,
  outputs: number,
  kernel: PerAxis,
  options?: ConvLayerOptions<B>,
]

const layer = <B extends boolean>(
  kind: string,
  rank: number,
  [inputs, outputs, kernel, given]: Sizes<B>,
): StatelessLayer<WeightAndBias<B>> => {
  const names = 'stride padding dilation groups bias weightInit'
  const options = optionsOf(kind, names, given)
  const { bias, weightInit, groups = 1, ...window } = options
  const name = layerName(kind, [inputs, outputs, kernel], { ...window, groups: options.groups, bias })
  const size = eachAxis(name, 'kernel size', kernel, rank)
  requireSizes(name, [inputs, outputs, groups, ...size])
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw new GradError(
      `${name}: groups that divide inputs and outputs are required, got ${groups} for ${inputs} and ${outputs}.`,
    )
  const init = initWeightAndBias([outputs, inputs / groups, ...size], outputs, { bias, weightInit })
  const convolve = convolutionFor(name, rank)
  return stateless<WeightAndBias<B>>(name, init, (params, x) => {
    requireImages(name, x, inputs, rank)
    const y = convolve(x, params.weight, { ...window, groups })
    return params.bias === null ? y : add(y, reshape(params.bias, channelShape(outputs, y.ndim)))
  })
}

/** The layer, from sizes; or the function, from tensors. */
type Convolution = {
  <B extends boolean = true>(
    inputs: number,
    outputs: number,
    kernel: PerAxis,
    options?: ConvLayerOptions<B>,
  ): StatelessLayer<WeightAndBias<B>>
  (x: Tensor, kernel: Tensor, options?: ConvolutionOptions): Tensor
}

type Operands = readonly [x: Tensor, kernel: Tensor, options?: ConvolutionOptions]

const isSizes = <B extends boolean>(args: Sizes<B> | Operands): args is Sizes<B> =>
  typeof args[0] === 'number'

const convolution = (kind: string, rank: number, convolve: typeof convolve2d): Convolution => {
  function either<B extends boolean = true>(...args: Sizes<B>): StatelessLayer<WeightAndBias<B>>
  function either(...args: Operands): Tensor
  function either<B extends boolean>(
    ...args: Sizes<B> | Operands
  ): StatelessLayer<WeightAndBias<B>> | Tensor {
    return isSizes(args) ? layer(kind, rank, args) : convolve(...args)
  }
  return either
}

/**
 * Convolution over one axis with `weight` f32[outputs, inputs / groups, k] and `bias` f32[outputs]: f32[n, inputs, l] →
 * f32[n, outputs, l′], l′ = ⌊(l + padding − dilation·(k − 1) − 1) / stride⌋ + 1. Both start uniform on ±1/√(inputs / groups · k), as
 * PyTorch's. Of tensors instead of sizes, the convolution itself: `conv1d(x, kernel, options)`.
 * @throws ShapeError where an input does not fit
 * @throws GradError on sizes that are not positive, or groups that do not divide them
 * @example
 * ```ts
 * const layer = nn.conv1d(4, 8, 3, { stride: 2, padding: 1 })
 * layer.call(layer.init(random.key(0)).params, np.ones([2, 4, 10])).shape // => [2, 8, 5]
 * nn.conv1d(np.array([[[1, 2, 3]]]), np.array([[[1, -1]]])) // => [[[-1, -1]]]
 * ```
 */
export const conv1d = convolution('conv1d', 1, convolve1d)

/**
 * Convolution over two axes with `weight` f32[outputs, inputs / groups, kh, kw] and `bias` f32[outputs]: f32[n, inputs, h, w] →
 * f32[n, outputs, h′, w′], with options and initial values of `conv1d`. `padding: 'SAME'` is PyTorch's `'same'`, and allowed with strides.
 * Of tensors instead of sizes, the convolution itself: `conv2d(x, kernel, options)`.
 * @throws ShapeError where an input does not fit
 * @throws GradError on sizes that are not positive, or groups that do not divide them
 * @example
 * ```ts
 * const layer = nn.conv2d(3, 32, 3, { padding: 1 })
 * const { params } = layer.init(random.key(0))
 * nn.countParameters(params) // => 896
 * layer.call(params, np.ones([1, 3, 8, 8])).shape // => [1, 32, 8, 8]
 * layer.call(params, np.ones([1, 4, 8, 8])) // => throws ShapeError: conv2d(3, 32, 3, padding 1): an input [n, 3, h, w]
 * ```
 * @see https://arxiv.org/abs/1603.07285 for the arithmetic of strides, padding and dilation
 */
export const conv2d = convolution('conv2d', 2, convolve2d)

/**
 * Convolution over three axes: as `conv2d`, f32[n, inputs, d, h, w] → f32[n, outputs, d′, h′, w′].
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * const layer = nn.conv3d(1, 2, [1, 3, 3], { bias: false })
 * layer.call(layer.init(random.key(0)).params, np.ones([1, 1, 4, 4, 4])).shape // => [1, 2, 4, 2, 2]
 * ```
 */
export const conv3d = convolution('conv3d', 3, convolve3d)
