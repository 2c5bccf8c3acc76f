import { formatAval } from '../graph/aval.js'
import { ShapeError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { add } from '../ops/arithmetic.js'
import { dotGeneral } from '../ops/dotGeneral.js'
import { promote } from '../ops/lift.js'
import type { FloatDType } from '../random/floatDType.js'
import { split } from '../random/split.js'
import { type Initializer, torchUniform } from './initializers.js'
import { defineStateless, type StatelessLayer } from './layer.js'
import { requireSizes } from './sizes.js'

/** weight [out, in]; bias [out], or `null` in a layer without. */
export type LinearParams = { readonly weight: Tensor; readonly bias: Tensor | null }

export type LinearOptions = {
  /** Whether a bias is added (true). */
  readonly bias?: boolean
  /** Of the weight, and of the bias with the weight's fans (both `torchUniform`). */
  readonly weightInitializer?: Initializer
  readonly biasInitializer?: Initializer
  /** Of the parameters (float32). */
  readonly dtype?: FloatDType
}

/**
 * A fully connected layer: y = x·Wᵀ + b. x: [..., in] → [..., out]. PyTorch's layout and initialisation.
 * @throws ShapeError where the last axis of x is not `inputs` long
 * @example
 * ```ts
 * const layer = nn.linear(2, 1)
 * const params = { weight: np.array([[3, 4]]), bias: np.array([5]) }
 * layer.call(params, np.array([1, 1])) // => [12]
 * ```
 */
export const linear = (
  inputs: number,
  outputs: number,
  options: LinearOptions = {},
): StatelessLayer<LinearParams> => {
  const {
    bias = true,
    weightInitializer = torchUniform,
    biasInitializer = torchUniform,
    dtype = 'float32',
  } = options
  const name = `linear(${inputs}, ${outputs})`
  requireSizes(name, [inputs, outputs])
  const fans = { fanIn: inputs, fanOut: outputs }
  return defineStateless<LinearParams>({
    name,
    init: (key) => {
      const [weightKey, biasKey] = split(key)
      return {
        weight: weightInitializer(weightKey, [outputs, inputs], { fans, dtype }),
        bias: bias ? biasInitializer(biasKey, [outputs], { fans, dtype }) : null,
      }
    },
    call: (params, x) => {
      if (x.ndim === 0 || x.shape[x.ndim - 1] !== inputs) {
        throw new ShapeError(`${name}: a last axis of size ${inputs} is required, got ${formatAval(x.aval)}.`)
      }
      const [rows, weight] = promote(name, [x, params.weight])
      const y = dotGeneral(rows, weight, {
        lhsContract: [x.ndim - 1],
        rhsContract: [1],
        lhsBatch: [],
        rhsBatch: [],
      })
      return params.bias === null ? y : add(y, params.bias)
    },
  })
}
