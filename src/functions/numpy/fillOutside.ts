import type { Tensor } from '../../graph/tensor.js'
import type { OutsideOptions } from '../../graph/tensorMethods.js'
import { isFloat, storedValue } from '../../ir/dtype.js'
import { select } from '../../ops/elementwise/select.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { fullLike } from '../../ops/rules/rules.js'

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
