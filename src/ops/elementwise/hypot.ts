import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { fullLike, zerosLike } from '../rules/rules.js'
import { abs } from './abs.js'
import { add, div, mul } from './arithmetic.js'
import { eq, gt, lt } from './comparison.js'
import { alignFloats } from './lift.js'
import { or } from './logical.js'
import { maximum } from './maximum.js'
import { select } from './select.js'
import { sqrt } from './sqrt.js'
import { square } from './square.js'

/** √x whose derivative at 0 is 0, not ∞: for norms, whose square has none there. @internal */
export const safeSqrt = (x: Tensor): Tensor => {
  const zero = eq(x, 0)
  return select(zero, zerosLike(x), sqrt(select(zero, fullLike(x, 1), x)))
}

/**
 * √(x² + y²), broadcast, without overflow.   d = (x·dx + y·dy) / hypot, 0 at the origin
 * @example
 * ```ts
 * np.hypot(3, 4) // => 5
 * ```
 */
export const hypot = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = alignFloats('hypot', [x, y])
  const [p, q] = [abs(a), abs(b)]
  // ∞ is the result whatever stands beside it, NaN too, and is kept out of the root's derivative
  const [pInfinite, qInfinite] = [p, q].map((t) => eq(t, Number.POSITIVE_INFINITY))
  const infinite = or(pInfinite, qInfinite)
  const finite = [a, b].map((t) => select(infinite, zerosLike(t), t))
  const largest = maximum(abs(finite[0]), abs(finite[1]))
  // a power of two, so that scaling is exact; its squares are far from both ends of the dtype
  const [bound, factor] = a.dtype === 'float32' ? [2 ** 60, 2 ** 90] : [2 ** 500, 2 ** 600]
  const small = lt(largest, 1 / bound)
  const scale = select(
    gt(largest, bound),
    fullLike(largest, 1 / factor),
    select(small, fullLike(largest, factor), fullLike(largest, 1)),
  )
  const [x2, y2] = finite.map((t) => square(mul(t, scale)))
  const root = div(safeSqrt(add(x2, y2)), scale)
  return select(pInfinite, p, select(qInfinite, q, root))
}
