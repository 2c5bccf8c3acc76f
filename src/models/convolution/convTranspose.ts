import { eachAxis, type PerAxis } from '../../functions/nn/perAxis.js'
import {
  type TransposedConvolutionOptions,
  convTranspose2d as transposed,
} from '../../functions/nn/transposedConvolution.js'
import { optionsOf } from '../../graph/options.js'
import { GradError } from '../../ir/errors.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { reshape } from '../../ops/movement/reshape.js'
import { channelShape, requireImages } from '../imageInput.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { initWeightAndBias, type WeightAndBias, type WeightAndBiasOptions } from '../weightAndBias.js'

/** `stride`, `padding`, `outputPadding`, `dilation` and `groups` as for the function of the same name; `bias`, `weightInit`. */
export type ConvTransposeLayerOptions<B extends boolean = true> = TransposedConvolutionOptions &
  WeightAndBiasOptions<B>

/**
 * The transpose of a convolution over two axes, with `weight` f32[inputs, outputs / groups, kh, kw] and `bias` f32[outputs]:
 * f32[n, inputs, h, w] → f32[n, outputs, h′, w′], h′ = (h − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1. Both start uniform
 * on ±1/√(outputs / groups · kh · kw): PyTorch counts the axis after the first as inputs here too. The function of tensors is
 * `nn.functional.convTranspose2d`.
 * @throws ShapeError where an input does not fit
 * @throws GradError on sizes that are not positive, or groups that do not divide them
 * @example
 * ```ts
 * const layer = nn.convTranspose2d(8, 4, 2, { stride: 2 })
 * layer.call(layer.init(random.key(0)).params, np.ones([1, 8, 5, 5])).shape // => [1, 4, 10, 10]
 * ```
 */
export const convTranspose2d = <B extends boolean = true>(
  inputs: number,
  outputs: number,
  kernel: PerAxis,
  given?: ConvTransposeLayerOptions<B>,
): StatelessLayer<WeightAndBias<B>> => {
  const names = 'stride padding outputPadding dilation groups bias weightInit'
  const options = optionsOf('convTranspose2d', names, given)
  const { bias, weightInit, groups = 1, ...window } = options
  const name = layerName('convTranspose2d', [inputs, outputs, kernel], {
    ...window,
    groups: options.groups,
    bias,
  })
  const size = eachAxis(name, 'kernel size', kernel, 2)
  requireSizes(name, [inputs, outputs, groups, ...size])
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw new GradError(
      `${name}: groups that divide inputs and outputs are required, got ${groups} for ${inputs} and ${outputs}.`,
    )
  const init = initWeightAndBias([inputs, outputs / groups, ...size], outputs, { bias, weightInit })
  return stateless<WeightAndBias<B>>(name, init, (params, x) => {
    requireImages(name, x, inputs, 2)
    const y = transposed(x, params.weight, { ...window, groups })
    return params.bias === null ? y : add(y, reshape(params.bias, channelShape(outputs, y.ndim)))
  })
}
