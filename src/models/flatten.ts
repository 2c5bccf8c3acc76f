import type { Tensor } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { reshape } from '../ops/movement/reshape.js'

/**
 * Everything but the batch as one axis, row-major: [n, …s] → [n, Πs].
 * @throws ShapeError on a scalar
 * @example
 * ```ts
 * nn.flatten(np.ones([2, 3, 4])).shape // => [2, 12]
 * ```
 */
export const flatten = (x: Tensor): Tensor => {
  if (x.ndim === 0)
    throw new ShapeError(
      `flatten: an input [n, …] is required, got ${formatAval(x.aval)}. Put a batch first.`,
    )
  const [n, ...rest] = x.shape
  return reshape(x, [n, rest.reduce((a, b) => a * b, 1)])
}
