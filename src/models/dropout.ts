import { GradError } from '../ir/errors.js'
import { div } from '../ops/elementwise/arithmetic.js'
import { where } from '../ops/elementwise/select.js'
import { bernoulli } from '../random/bernoulli.js'
import { type Layer, layer, requireKey } from './layer.js'

/**
 * While training, sets each element to 0 with probability `rate` and divides the others by 1 − rate; the
 * identity otherwise.
 * @throws GradError without a key while training
 * @see Srivastava et al.: Dropout (2014)
 */
export const dropout = (rate: number): Layer<null> => {
  const name = `dropout(${rate})`
  if (!(rate >= 0 && rate < 1)) throw new GradError(`${name}: a rate within [0, 1) is required, got ${rate}.`)
  return layer<null, null>(
    name,
    () => ({ params: null, state: null }),
    (_params, _state, x, mode) => {
      if (!mode.train || rate === 0) return [x, null]
      const keep = bernoulli(requireKey(name, mode), 1 - rate, x.shape)
      return [where(keep, div(x, 1 - rate), 0), null]
    },
  )
}
