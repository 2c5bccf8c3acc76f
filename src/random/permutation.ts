import { take } from '../functions/numpy.js'
import { type AxisOptions, axisOptionsOf } from '../graph/options.js'
import { plainNumbers } from '../graph/plainNumbers.js'
import type { Tensor } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import { GradError, ShapeError } from '../ir/errors.js'
import { sort } from '../ops/indexing/sort.js'
import { iota } from '../ops/movement/iota.js'
import { bitsFor } from './bits.js'
import { split } from './split.js'

/** The number of rounds of sorting by 32-bit keys that makes ties in all of them unlikely; JAX's formula. */
const rounds = (n: number): number => Math.ceil((3 * Math.log(Math.max(1, n))) / Math.log(2 ** 32 - 1))

/** A random order of 0 … n − 1: i32[n]. @internal */
export const randomOrder = (key: Tensor, n: number): Tensor => {
  let order = iota('int32', [n], 0)
  let current = key
  for (let round = 0; round < rounds(n); round++) {
    const [next, subkey] = split(current)
    order = sort([bitsFor('permutation', subkey, [n]), order], 0)[1]
    current = next
  }
  return order
}

/**
 * The numbers 0 … n − 1, or a tensor's slices along an axis, in random order: sorted by random words, as
 * `jax.random.permutation`.
 * @param x a number n → i32[n], or a tensor → one of the same shape
 * @param axis of the tensor that is shuffled (0)
 * @throws GradError on a negative number of elements, ShapeError unless the axis is one of x
 * @example
 * ```ts
 * random.permutation(random.key(0), 4).sum().item() // => 6
 * ```
 */
export const permutation = (
  key: Tensor,
  x: number | Tensor,
  ...options: AxisOptions<{ readonly axis?: number }>
): Tensor => {
  const { axis = 0 } = axisOptionsOf('permutation', 'axis', options)
  if (typeof x === 'number') {
    if (!Number.isInteger(x) || x < 0 || x > 2 ** 31 - 1) {
      throw new GradError(`permutation: a number of elements is required, got ${x}.`)
    }
    return randomOrder(key, x)
  }
  if (x.ndim === 0) plainNumbers('permutation', 'a number of elements', x as never)
  const along = axis < 0 ? axis + x.ndim : axis
  if (!Number.isInteger(along) || along < 0 || along >= x.ndim) {
    throw new ShapeError(`permutation: an axis of ${formatAval(x.aval)} is required, got ${axis}.`)
  }
  return take(x, randomOrder(key, x.shape[along]), along, { mode: 'promise_in_bounds' })
}
