import { read } from '../../functions/numpy/indexing.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import type { IndexMode } from '../../graph/tensorMethods.js'
import { formatAval } from '../../ir/aval.js'
import { isInteger } from '../../ir/dtype.js'
import { DTypeError, GradError } from '../../ir/errors.js'
import { stopGradient } from '../../ops/control/stopGradient.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { where } from '../../ops/elementwise/select.js'
import { iota } from '../../ops/movement/iota.js'
import { normal } from '../../random/normal.js'
import type { Initializer } from '../initializers.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'

/** `weight` f32[count, features]. */
export type EmbeddingParams = { readonly weight: Tensor }

export type EmbeddingOptions = {
  /** A row that starts at 0 and gets no gradient, for padding. */
  readonly paddingIndex?: number
  /** The initialiser of the weight; standard normal by default, as in PyTorch. */
  readonly weightInit?: Initializer
  /** The treatment of indices out of range, as for `np.take`. */
  readonly mode?: IndexMode
}

/**
 * Rows of a table: i32[...s] → f32[...s, features]. Indices below 0 count from the end; those out of range throw where their
 * values are known, are clipped where they are traced, or do as `mode` says, as for `np.take`.
 * @throws DTypeError where the indices are not integers, IndexError out of range
 * @example
 * ```ts
 * const layer = nn.embedding(100, 8)
 * const { params } = layer.init(random.key(0))
 * layer.call(params, np.array([[3, 99, 3]], { dtype: 'int32' })).shape // => [1, 3, 8]
 * ```
 */
export const embedding = (
  count: number,
  features: number,
  options?: EmbeddingOptions,
): StatelessLayer<EmbeddingParams> => {
  const given = optionsOf('embedding', 'paddingIndex weightInit mode', options)
  const { paddingIndex: empty, weightInit = (key, shape) => normal(key, shape), mode } = given
  const name = layerName('embedding', [count, features], { paddingIndex: empty, mode })
  requireSizes(name, [count, features])
  if (empty !== undefined && !(Number.isInteger(empty) && empty >= 0 && empty < count))
    throw new GradError(`${name}: a paddingIndex from 0 to ${count - 1} is required, got ${empty}.`)
  /** `otherwise` in the row of the padding, w elsewhere. */
  const except = (w: Tensor, otherwise: Tensor | number): Tensor =>
    empty === undefined ? w : where(eq(iota('int32', [count, 1], 0), empty), otherwise, w)
  const init = (key: Tensor): EmbeddingParams => ({ weight: except(weightInit(key, [count, features]), 0) })
  return stateless(name, init, ({ weight }, x) => {
    if (!isInteger(x.dtype))
      throw new DTypeError(
        `${name}: integer indices are required, got ${formatAval(x.aval)}. Convert with astype('int32').`,
      )
    return read(name, except(weight, stopGradient(weight)), [x], { mode })
  })
}
