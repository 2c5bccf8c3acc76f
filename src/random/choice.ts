import { searchsorted, take } from '../functions/numpy.js'
import { optionsOf } from '../graph/options.js'
import { plainNumbers, requireShape } from '../graph/plainNumbers.js'
import { Concrete, type Tensor } from '../graph/tensor.js'
import { formatAval, formatShape, type Shape, sizeOf } from '../ir/aval.js'
import { GradError, ShapeError } from '../ir/errors.js'
import { add, mul, sub } from '../ops/elementwise/arithmetic.js'
import { log } from '../ops/elementwise/log.js'
import { topK } from '../ops/indexing/topK.js'
import { reshape } from '../ops/movement/reshape.js'
import { slice } from '../ops/movement/slice.js'
import { cumsum } from '../ops/reductions/cumulative.js'
import { requireFloat } from './floatDType.js'
import { gumbel } from './gumbel.js'
import { randomOrder } from './permutation.js'
import { randint } from './randint.js'
import { uniformFor } from './uniform.js'

/**
 * Elements of 0 … n − 1, or slices of a tensor along its first axis, drawn at random, as `jax.random.choice`. i32[...shape],
 * or the tensor's dtype [...shape, ...rest].
 * @param options `replace` (true): an element may come again; without replacement, the start of a `permutation`.
 *   `p`: float[n], weights: draws with replacement bisect their sums, those without take the greatest of log p + Gumbel noise
 * @throws GradError on no elements, on more draws without replacement than elements, and, where their values are known, than
 *   positive weights; on weights that are negative, infinite, NaN, or all 0
 * @example
 * ```ts
 * random.choice(random.key(0), np.array([7]), [3]).toArray() // => [7, 7, 7]
 * random.choice(random.key(0), 3, [2], { replace: false, p: np.array([0.5, 0, 0.5]) }).sum() // => 2
 * ```
 */
export const choice = (
  key: Tensor,
  x: number | Tensor,
  given: number | Shape = [],
  options?: { readonly replace?: boolean; readonly p?: Tensor },
): Tensor => {
  const { replace = true, p } = optionsOf('choice', 'replace p', options)
  if (typeof x !== 'number' && x.ndim === 0) plainNumbers('choice', 'a number of elements', x as never)
  const n = typeof x === 'number' ? x : x.shape[0]
  if (!Number.isInteger(n) || n < 1)
    throw new GradError(`choice: at least one element is required, got ${n}.`)
  const shape = requireShape('choice', given)
  const count = sizeOf(shape)
  if (!replace && count > n) {
    throw new GradError(
      `choice: at most ${n} draws without replacement are required, got shape ${formatShape(shape)}. Set replace: true?`,
    )
  }
  if (p !== undefined) requireWeights(p, n, replace ? 1 : count)
  const indices = replace ? weighted(key, n, shape, p) : reshape(distinct(key, n, count, p), shape)
  return typeof x === 'number' ? indices : take(x, indices, 0, { mode: 'promise_in_bounds' })
}

/** `positive` is the number of weights that must be positive. Traced weights, and those on a device, are not checked. */
const requireWeights = (p: Tensor, n: number, positive: number): void => {
  if (p.ndim !== 1 || p.shape[0] !== n)
    throw new ShapeError(`choice: weights of shape [${n}] are required, got ${formatAval(p.aval)}.`)
  const values = p instanceof Concrete ? p.peek() : null
  if (values === null) return
  const wrong = values.find((w: number) => !(w >= 0 && w < Number.POSITIVE_INFINITY))
  // one value stands for all of them
  const known = values.filter((w: number) => w > 0).length * (n / values.length)
  if (wrong !== undefined || known < positive)
    throw new GradError(
      `choice: finite weights of at least 0, ${positive} of them above, are required, got ${wrong ?? `${known} above 0`}.`,
    )
}

/** The start of a random order; with weights, of the descending order of log p + Gumbel noise. */
const distinct = (key: Tensor, n: number, count: number, p?: Tensor): Tensor => {
  if (p === undefined) return slice(randomOrder(key, n), [0], [count])
  const noise = gumbel(key, [n], { dtype: requireFloat('choice', p) })
  return topK(add(noise, log(p)), count)[1]
}

/** The number of cumulated weights below r, r uniform on (0, their sum]; equal weights by `randint`. */
const weighted = (key: Tensor, n: number, shape: Shape, p?: Tensor): Tensor => {
  if (p === undefined) return randint(key, shape, 0, n)
  const cumulated = cumsum(p, 0)
  const total = reshape(slice(cumulated, [n - 1], [n]), [])
  const r = mul(total, sub(1, uniformFor('choice', key, shape, { dtype: requireFloat('choice', p) })))
  return searchsorted(cumulated, r)
}
