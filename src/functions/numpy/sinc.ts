import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { abs } from '../../ops/elementwise/abs.js'
import { add, div, mul, rem, sub } from '../../ops/elementwise/arithmetic.js'
import { eq, lt } from '../../ops/elementwise/comparison.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { round } from '../../ops/elementwise/rounding.js'
import { select } from '../../ops/elementwise/select.js'
import { square } from '../../ops/elementwise/square.js'
import { sin } from '../../ops/elementwise/trigonometric.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'

/**
 * sin(πx)/(πx), 1 at 0; 0 at all other whole numbers. Integers become float32.
 *
 * Near 0 it is computed by its series, so that derivatives of every order are right there.
 * @example
 * ```ts
 * np.sinc(np.array([0, 0.5, 1])) // => [1, 0.636620, 0]
 * ```
 */
export const sinc = (x: TensorLike): Tensor => {
  const t = toFloat(x)
  const near = lt(abs(t), 0.25)
  const u = square(mul(select(near, t, zerosLike(t)), Math.PI))
  // Σ (−u)ⁿ/(2n + 1)!, whose terms from n = 9 on are below float64's precision
  let series = fullLike(u, 1)
  for (let n = 8; n > 0; n--) series = add(mul(mul(u, series), -1 / (2 * n * (2 * n + 1))), 1)
  const far = select(near, fullLike(t, 1), t)
  // sin(πx) = ±sin(π(x − n)), n the nearest whole number
  const nearest = round(far)
  const wave = mul(
    sin(mul(sub(far, nearest), Math.PI)),
    select(eq(rem(nearest, 2), 0), fullLike(t, 1), fullLike(t, -1)),
  )
  return select(near, series, div(wave, mul(far, Math.PI)))
}
