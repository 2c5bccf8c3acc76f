import { formatAval } from '../graph/aval.js'
import { GradError, ShapeError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { add } from '../ops/arithmetic.js'
import { dotGeneral } from '../ops/dotGeneral.js'
import { split } from '../random/split.js'
import { type Initializer, torchUniform } from './initializers.js'
import { type StatelessLayer, stateless } from './layer.js'

/** `weight` f32[out, in], `bias` f32[out]. */
export type LinearParams = { readonly weight: Tensor; readonly bias: Tensor }

/**
 * x·Wᵀ + b along the last axis: f32[...b, in] → f32[...b, out]. Weights and bias start uniform on
 * ±1/√in, as PyTorch's, unless `weightInit` says otherwise.
 * @throws ShapeError where the last axis of x is not `inputs`
 * @example
 * ```ts
 * const layer = nn.linear(3, 2)
 * const { params } = layer.init(random.key(0))
 * layer.call(params, np.ones([5, 3])).shape // => [5, 2]
 * ```
 */
export const linear = (
  inputs: number,
  outputs: number,
  { weightInit = torchUniform }: { readonly weightInit?: Initializer } = {},
): StatelessLayer<LinearParams> => {
  const name = `linear(${inputs}, ${outputs})`
  for (const n of [inputs, outputs])
    if (!Number.isInteger(n) || n < 1) throw new GradError(`${name}: positive sizes are required, got ${n}.`)
  const init = (key: Tensor): LinearParams => {
    const [weightKey, biasKey] = split(key)
    return {
      weight: weightInit(weightKey, [outputs, inputs]),
      bias: torchUniform(biasKey, [outputs], inputs),
    }
  }
  return stateless(name, init, ({ weight, bias }, x) => {
    const last = x.ndim - 1
    if (x.shape[last] !== inputs)
      throw new ShapeError(
        `${name}: a last axis of ${inputs} is required, got ${formatAval(x.aval)}. Reshape or flatten it.`,
      )
    return add(
      dotGeneral(x, weight, { lhsContract: [last], rhsContract: [1], lhsBatch: [], rhsBatch: [] }),
      bias,
    )
  })
}
