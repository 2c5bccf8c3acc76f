import { type ConvolutionOptions, convolution } from '../../functions/nn/convolution.js'
import type { PerAxis } from '../../functions/nn/perAxis.js'
import { eachAxis } from '../../functions/nn/perAxis.js'
import { optionsOf } from '../../graph/options.js'
import { GradError } from '../../ir/errors.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { reshape } from '../../ops/movement/reshape.js'
import { channelShape, requireImages } from '../imageInput.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { initWeightAndBias, type WeightAndBias, type WeightAndBiasOptions } from '../weightAndBias.js'

/** `stride`, `padding`, `dilation` and `groups` as for the functions of the same names; `bias`, `weightInit`. */
export type ConvLayerOptions<B extends boolean = true> = ConvolutionOptions & WeightAndBiasOptions<B>

type ConvLayer = <B extends boolean = true>(
  inputs: number,
  outputs: number,
  kernel: PerAxis,
  options?: ConvLayerOptions<B>,
) => StatelessLayer<WeightAndBias<B>>

const convLayer =
  (kind: string, rank: number): ConvLayer =>
  <B extends boolean = true>(
    inputs: number,
    outputs: number,
    kernel: PerAxis,
    given?: ConvLayerOptions<B>,
  ) => {
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
    const convolve = convolution(name, rank)
    return stateless<WeightAndBias<B>>(name, init, (params, x) => {
      requireImages(name, x, inputs, rank)
      const y = convolve(x, params.weight, { ...window, groups })
      return params.bias === null ? y : add(y, reshape(params.bias, channelShape(outputs, y.ndim)))
    })
  }

/**
 * Convolution over one axis with `weight` f32[outputs, inputs / groups, k] and `bias` f32[outputs]: f32[n, inputs, l] →
 * f32[n, outputs, l′], l′ = ⌊(l + padding − dilation·(k − 1) − 1) / stride⌋ + 1. Both start uniform on ±1/√(inputs / groups · k), as
 * PyTorch's. The convolution of tensors is `nn.functional.conv1d`.
 * @throws ShapeError where an input does not fit
 * @throws GradError on sizes that are not positive, or groups that do not divide them
 * @example
 * ```ts
 * const layer = nn.conv1d(4, 8, 3, { stride: 2, padding: 1 })
 * layer.call(layer.init(random.key(0)).params, np.ones([2, 4, 10])).shape // => [2, 8, 5]
 * ```
 */
export const conv1d = convLayer('conv1d', 1)

/**
 * Convolution over two axes with `weight` f32[outputs, inputs / groups, kh, kw] and `bias` f32[outputs]: f32[n, inputs, h, w] →
 * f32[n, outputs, h′, w′], with options and initial values of `conv1d`. `padding: 'SAME'` is PyTorch's `'same'`, and allowed with strides.
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
export const conv2d = convLayer('conv2d', 2)

/**
 * Convolution over three axes: as `conv2d`, f32[n, inputs, d, h, w] → f32[n, outputs, d′, h′, w′].
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * const layer = nn.conv3d(1, 2, [1, 3, 3], { bias: false })
 * layer.call(layer.init(random.key(0)).params, np.ones([1, 1, 4, 4, 4])).shape // => [1, 2, 4, 2, 2]
 * ```
 */
export const conv3d = convLayer('conv3d', 3)
