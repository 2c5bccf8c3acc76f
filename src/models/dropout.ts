import { GradError } from '../graph/errors.js'
import { mul } from '../ops/arithmetic.js'
import { where } from '../ops/select.js'
import { bernoulli } from '../random/bernoulli.js'
import { defineStateless, type StatelessLayer } from './layer.js'

/**
 * In training, sets each element to zero with probability `rate`, and divides the others by 1 − rate, so that the
 * mean stays; otherwise does nothing.
 * @param rate 0 ≤ rate < 1
 * @throws GradError in training without a key
 * @see Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014), section 10
 * @example
 * ```ts
 * const layer = nn.dropout(0.5)
 * layer.call(null, np.ones([3])) // => [1, 1, 1]
 * const y = layer.call(null, np.ones([100]), { train: true, key: random.key(0) })
 * y.max().item() // => 2
 * ```
 */
export const dropout = (rate: number): StatelessLayer<null> => {
  const name = `dropout(${rate})`
  if (!(rate >= 0 && rate < 1)) throw new GradError(`dropout: 0 <= rate < 1 is required, got ${rate}.`)
  return defineStateless<null>({
    name,
    init: () => null,
    call: (_params, x, { train = false, key }) => {
      if (!train || rate === 0) return x
      if (key === undefined) {
        throw new GradError(
          `${name}: a key is required in training, got none. Call apply(params, state, x, { train: true, key }).`,
        )
      }
      return where(bernoulli(key, 1 - rate, x.shape), mul(x, 1 / (1 - rate)), 0)
    },
  })
}
