import { formatAval, formatShape, type Shape, sizeOf } from '../graph/aval.js'
import { GradError, ShapeError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { mul, sub } from '../ops/arithmetic.js'
import { lt } from '../ops/comparison.js'
import { convert } from '../ops/convert.js'
import { cumsum } from '../ops/cumulative.js'
import { take } from '../ops/numpy.js'
import { reduceSum } from '../ops/reduceSum.js'
import { reshape } from '../ops/reshape.js'
import { slice } from '../ops/slice.js'
import { requireFloat } from './floatDType.js'
import { randomOrder } from './permutation.js'
import { randint } from './randint.js'
import { uniformFor } from './uniform.js'

/**
 * Elements of 0 … n − 1, or slices of a tensor along its first axis, drawn at random. i32[...shape], or the
 * tensor's dtype [...shape, ...rest].
 * @param options `replace` (true): an element may come again; without replacement, the start
 *   of a `permutation`. `p`: float[n], weights with replacement, compared with every element: shape·n work
 * @throws GradError on no elements, on more draws than elements without replacement, or weights there
 * @example
 * ```ts
 * random.choice(random.key(0), np.array([7]), [3]).toArray() // => [7, 7, 7]
 * ```
 */
export const choice = (
  key: Tensor,
  x: number | Tensor,
  shape: Shape = [],
  options: { readonly replace?: boolean; readonly p?: Tensor } = {},
): Tensor => {
  if (typeof x !== 'number' && x.ndim === 0) {
    throw new ShapeError(
      `choice: a number, or a tensor with an axis to choose along, is required, got ${formatAval(x.aval)}.`,
    )
  }
  const n = typeof x === 'number' ? x : x.shape[0]
  if (!Number.isInteger(n) || n < 1)
    throw new GradError(`choice: at least one element is required, got ${n}.`)
  const indices =
    options.replace === false ? distinct(key, n, shape, options.p) : weighted(key, n, shape, options.p)
  return typeof x === 'number' ? indices : take(x, indices, 0, { mode: 'promise_in_bounds' })
}

/** The start of a random order. */
const distinct = (key: Tensor, n: number, shape: Shape, p?: Tensor): Tensor => {
  const count = sizeOf(shape)
  if (count > n) {
    throw new GradError(
      `choice: at most ${n} draws without replacement are required, got shape ${formatShape(shape)}. Set replace: true?`,
    )
  }
  if (p !== undefined) {
    throw new GradError('choice: equal weights are required without replacement, got p. Set replace: true?')
  }
  return reshape(slice(randomOrder(key, n), [0], [count]), shape)
}

/** The number of cumulated weights below r, r uniform on (0, their sum]; equal weights by `randint`. */
const weighted = (key: Tensor, n: number, shape: Shape, p?: Tensor): Tensor => {
  if (p === undefined) return randint(key, shape, 0, n)
  if (p.ndim !== 1 || p.shape[0] !== n) {
    throw new ShapeError(`choice: weights of shape [${n}] are required, got ${formatAval(p.aval)}.`)
  }
  const cumulated = cumsum(p, 0)
  const total = reshape(slice(cumulated, [n - 1], [n]), [])
  const r = mul(total, sub(1, uniformFor('choice', key, shape, { dtype: requireFloat('choice', p) })))
  return reduceSum(convert(lt(cumulated, reshape(r, [...shape, 1])), 'int32'), [shape.length])
}
