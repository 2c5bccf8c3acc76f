import { isFloat, storedValue } from '../../graph/dtype.js'
import { GradError } from '../../graph/errors.js'
import type { Tensor } from '../../graph/tensor.js'
import type { OutsideOptions } from '../../graph/tensorMethods.js'
import { broadcastInDim } from '../broadcast.js'
import { fullLike } from '../rules.js'
import { select } from '../select.js'

/** Whether positions out of range are to be filled. @throws GradError on an unknown mode */
export const isFill = (name: string, { mode = 'clamp' }: OutsideOptions = {}): boolean => {
  if (mode !== 'clamp' && mode !== 'fill')
    throw new GradError(`${name}: mode 'clamp' or 'fill' is required, got ${String(mode)}.`)
  return mode === 'fill'
}

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
