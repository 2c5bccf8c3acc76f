import { optionsOf } from '../../graph/options.js'
import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import { aval, formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { add, sub } from '../../ops/elementwise/arithmetic.js'
import { eq, le, lt, ne } from '../../ops/elementwise/comparison.js'
import { promote } from '../../ops/elementwise/lift.js'
import { and, not, or } from '../../ops/elementwise/logical.js'
import { minimum } from '../../ops/elementwise/maximum.js'
import { select } from '../../ops/elementwise/select.js'
import { gather } from '../../ops/indexing/gather.js'

/** x before y in the order of `sort`, which puts NaN last. */
const isBefore = (x: Tensor, y: Tensor): Tensor => or(lt(x, y), and(ne(y, y), eq(x, x)))

/**
 * The positions at which values go into a sorted vector so that it stays sorted, by bisection: i32[...v].
 * left: #{i | sorted[i] < v}, right: #{i | sorted[i] ≤ v}
 * @param options `side` ('left'): before equal elements, or ('right') after them
 * @throws ShapeError unless `sorted` is a vector
 * @example
 * ```ts
 * np.searchsorted(np.array([1, 2, 2, 5]), np.array([0, 2, 9])) // => [0, 1, 4]
 * np.searchsorted(np.array([1, 2, 2, 5]), 2, { side: 'right' }) // => 3
 * ```
 */
export const searchsorted = (
  sorted: TensorLike,
  v: TensorLike,
  options: { readonly side?: 'left' | 'right' } = {},
): Tensor => {
  const { side = 'left' } = optionsOf('searchsorted', 'side', options)
  if (side !== 'left' && side !== 'right')
    throw new GradError(`searchsorted: a side of left or right is required, got ${String(side)}.`)
  const [line, wanted] = promote('searchsorted', [sorted, v])
  if (line.ndim !== 1)
    throw new ShapeError(`searchsorted: a sorted vector is required, got ${formatAval(line.aval)}.`)
  const [size] = line.shape
  let count: Tensor = splat(0, aval(wanted.shape, 'int32'))
  for (let step = 2 ** Math.floor(Math.log2(size)); step >= 1; step /= 2) {
    const next = add(count, step)
    const last = gather(line, [sub(minimum(next, size), 1)], [0])
    const goesOn = side === 'left' ? isBefore(last, wanted) : not(isBefore(wanted, last))
    count = select(and(le(next, size), goesOn), next, count)
  }
  return count
}
