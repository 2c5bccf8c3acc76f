import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { split } from '../random/split.js'
import { fans, type Initializer, torchUniform } from './initializers.js'

/** Parameters of linear and convolutional layers, under PyTorch's names; `bias` is null if there is none. */
export type WeightAndBias<B extends boolean = true> = {
  readonly weight: Tensor
  readonly bias: B extends false ? null : Tensor
}

export type WeightAndBiasOptions<B extends boolean = true> = {
  /** Whether a bias is added; true by default. */
  readonly bias?: B
  /** The initialiser of the weight; uniform on ±1/√fanIn by default, as in PyTorch. */
  readonly weightInit?: Initializer
}

/** The bias starts uniform on ±1/√fanIn of the weight. @internal */
export const initWeightAndBias =
  <B extends boolean>(
    weightShape: Shape,
    outputs: number,
    { bias, weightInit = torchUniform }: WeightAndBiasOptions<B>,
  ) =>
  (key: Tensor): WeightAndBias<B> => {
    const [weightKey, biasKey] = split(key)
    const drawn = bias === false ? null : torchUniform(biasKey, [outputs], fans(weightShape).fanIn)
    // the type of the bias follows from the option's, which TypeScript does not follow through a condition
    return { weight: weightInit(weightKey, weightShape), bias: drawn as WeightAndBias<B>['bias'] }
  }
