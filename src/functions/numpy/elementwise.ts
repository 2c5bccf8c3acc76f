import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { isFloat } from '../../ir/dtype.js'
import { abs } from '../../ops/elementwise/abs.js'
import { add, div, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { clamp } from '../../ops/elementwise/clamp.js'
import { eq, gt, lt, ne } from '../../ops/elementwise/comparison.js'
import { exp } from '../../ops/elementwise/exp.js'
import { alignFloats, toFloat, toTensor } from '../../ops/elementwise/lift.js'
import { log, log1p } from '../../ops/elementwise/log.js'
import { and, not, or, xor } from '../../ops/elementwise/logical.js'
import { pow } from '../../ops/elementwise/pow.js'
import { ceil, floor, round } from '../../ops/elementwise/rounding.js'
import { select } from '../../ops/elementwise/select.js'
import { shiftRightArithmetic, shiftRightLogical } from '../../ops/elementwise/shifts.js'
import { highest, lowest } from '../../ops/reductions/limits.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'

/** n + log(x/baseⁿ)/log(base), n the nearest whole number for which baseⁿ is an ordinary number: exact where x is baseⁿ. */
const logTo =
  (base: number) =>
  (x: TensorLike): Tensor => {
    const t = toFloat(x)
    const scaled = (v: Tensor) => mul(log(v), 1 / Math.log(base))
    const most = Math.floor(((t.dtype === 'float32' ? 126 : 1022) * Math.LN2) / Math.log(base))
    const n = clamp(-most, round(scaled(t)), most)
    return add(n, scaled(div(t, pow(base, n))))
  }

/** log₂ x, exact for powers of two. Integers become float32. */
export const log2 = logTo(2)

/** log₁₀ x, exact for powers of ten. Integers become float32. */
export const log10 = logTo(10)

/** 2^x, exact for whole x. Integers become float32. */
export const exp2 = (x: TensorLike): Tensor => pow(2, toFloat(x))

/** 1 / x. Integers become float32. */
export const reciprocal = (x: TensorLike): Tensor => div(1, x)

/** x without its fraction: rounded toward zero. Integers stay as they are. */
export const trunc = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return isFloat(t.dtype) ? select(lt(t, 0), ceil(t), floor(t)) : t
}

/**
 * x, but at least `low` and at most `high`; `null` is no bound. The derivative is 1 between the bounds and on
 * them, as in PyTorch, so that a parameter which starts on one can move; 0 outside.
 * @example
 * ```ts
 * np.clip(np.array([-2, 0.5, 2]), 0, 1) // => [0, 0.5, 1]
 * np.clip(np.array([-2, 2]), null, 1) // => [-2, 1]
 * ```
 */
export const clip = (x: TensorLike, low: TensorLike | null, high: TensorLike | null): Tensor => {
  const t = toTensor(x)
  if (low === null && high === null) return t
  return clamp(low ?? fullLike(t, lowest[t.dtype]), t, high ?? fullLike(t, highest[t.dtype]))
}

/** x ≠ 0, for operands of logical functions. */
const truth = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return t.dtype === 'bool' ? t : ne(t, 0)
}

/** Whether both are true (not 0), broadcast. */
export const logicalAnd = (x: TensorLike, y: TensorLike): Tensor => and(truth(x), truth(y))

/** Whether at least one is true (not 0), broadcast. */
export const logicalOr = (x: TensorLike, y: TensorLike): Tensor => or(truth(x), truth(y))

/** Whether exactly one is true (not 0), broadcast. */
export const logicalXor = (x: TensorLike, y: TensorLike): Tensor => xor(truth(x), truth(y))

/** Whether x is false (0). */
export const logicalNot = (x: TensorLike): Tensor => not(truth(x))

/** x's bits moved right by n places; int32 keeps its sign, uint32 is filled with zeros. */
export const rightShift = (x: TensorLike, n: TensorLike): Tensor =>
  toTensor(x, 'int').dtype === 'uint32' ? shiftRightLogical(x, n) : shiftRightArithmetic(x, n)

/**
 * log(eˣ + eʸ), broadcast, without overflow.   d = σ(x − y)·dx + σ(y − x)·dy
 *
 * Written as max + log(1 + e^(−|x − y|)) with the branch of |·| and max chosen once, so that derivatives of
 * every order are right at x = y too; where both are the same infinity, each has half of the derivative.
 * @example
 * ```ts
 * np.logaddexp(1000, 1000) // => 1000.693
 * ```
 */
export const logaddexp = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = alignFloats('logaddexp', [x, y])
  // ∞ − ∞ is kept out of the other branch's derivative
  const infinite = and(eq(a, b), eq(abs(a), Number.POSITIVE_INFINITY))
  const [p, q] = [a, b].map((t) => select(infinite, zerosLike(t), t))
  const first = gt(p, q)
  const difference = select(first, sub(q, p), sub(p, q))
  return select(infinite, mul(add(a, b), 0.5), add(select(first, p, q), log1p(exp(difference))))
}

/** An angle in degrees as one in radians. */
export const radians = (x: TensorLike): Tensor => mul(toFloat(x), Math.PI / 180)

/** An angle in radians as one in degrees. */
export const degrees = (x: TensorLike): Tensor => mul(toFloat(x), 180 / Math.PI)
