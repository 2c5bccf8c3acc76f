import { isFloat, storedValue } from '../../graph/dtype.js'
import type { Tensor } from '../../graph/tensor.js'
import type { OutsideOptions } from '../../graph/tensorMethods.js'
import { broadcastInDim } from '../broadcast.js'
import { fullLike } from '../rules.js'
import { select } from '../select.js'

/** `fillValue` everywhere, like x. */
export const filling = (
  x: Tensor,
  { fillValue = isFloat(x.dtype) ? Number.NaN : 0 }: OutsideOptions,
): Tensor => fullLike(x, storedValue(x.dtype, fillValue))

/** x [...I, ...others] where `inside` [...I] holds, filled elsewhere. */
export const fillOutside = (x: Tensor, inside: Tensor, options: OutsideOptions): Tensor => {
  const dims = inside.shape.map((_, i) => i)
  return select(broadcastInDim(inside, x.shape, dims), x, filling(x, options))
}
