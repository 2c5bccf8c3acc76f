import { optionsOf } from '../../graph/options.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { promote } from '../../ops/elementwise/lift.js'
import { dotGeneral } from '../../ops/matrices/dotGeneral.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { initWeightAndBias, type WeightAndBias, type WeightAndBiasOptions } from '../weightAndBias.js'

/** `weight` f32[out, in], `bias` f32[out]. */
export type LinearParams = WeightAndBias

/**
 * x·Wᵀ + b along the last axis: f32[...b, in] → f32[...b, out]. Weights and bias start uniform on
 * ±1/√in, as PyTorch's, unless `weightInit` says otherwise; `bias: false` leaves b out.
 * @throws ShapeError where the last axis of x is not `inputs`
 * @example
 * ```ts
 * const layer = nn.linear(3, 2)
 * const { params } = layer.init(random.key(0))
 * layer.call(params, np.ones([5, 3])).shape // => [5, 2]
 * ```
 */
export const linear = <B extends boolean = true>(
  inputs: number,
  outputs: number,
  given?: WeightAndBiasOptions<B>,
): StatelessLayer<WeightAndBias<B>> => {
  const options = optionsOf('linear', 'bias weightInit', given)
  const name = layerName('linear', [inputs, outputs], { bias: options.bias })
  requireSizes(name, [inputs, outputs])
  const init = initWeightAndBias([outputs, inputs], outputs, options)
  return stateless<WeightAndBias<B>>(name, init, ({ weight, bias }, x) => {
    const last = x.ndim - 1
    if (x.shape[last] !== inputs)
      throw new ShapeError(
        `${name}: a last axis of ${inputs} is required, got ${formatAval(x.aval)}. Reshape or flatten it.`,
      )
    const [a, w] = promote(name, [x, weight])
    const y = dotGeneral(a, w, { lhsContract: [last], rhsContract: [1], lhsBatch: [], rhsBatch: [] })
    return bias === null ? y : add(y, bias)
  })
}
