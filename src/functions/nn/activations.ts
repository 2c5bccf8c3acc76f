import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { add, mul, neg } from '../../ops/elementwise/arithmetic.js'
import { gt, le } from '../../ops/elementwise/comparison.js'
import { erfc } from '../../ops/elementwise/erf.js'
import { exp, expm1, sigmoid } from '../../ops/elementwise/exp.js'
import { tanh } from '../../ops/elementwise/hyperbolic.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { log1p } from '../../ops/elementwise/log.js'
import { select } from '../../ops/elementwise/select.js'
import { zerosLike } from '../../ops/rules/rules.js'

/** x where x > 0, `slope`·x elsewhere (at 0 too, where the derivative is `slope`); slope is 0.01. */
export const leakyRelu = (x: TensorLike, slope = 0.01): Tensor => {
  const t = toFloat(x)
  return select(le(t, 0), mul(t, slope), t)
}

/** x where x > 0, α·(eˣ − 1) elsewhere; α is 1. */
export const elu = (x: TensorLike, alpha = 1): Tensor => {
  const t = toFloat(x)
  const positive = gt(t, 0)
  // the unused branch must not overflow: its derivative would be ∞·0
  return select(positive, t, mul(expm1(select(positive, zerosLike(t), t)), alpha))
}

/** x·σ(x), also called swish. */
export const silu = (x: TensorLike): Tensor => {
  const t = toFloat(x)
  return mul(t, sigmoid(t))
}

export type GeluOptions = { readonly approximate?: boolean }

/**
 * x·Φ(x), with Φ the normal distribution function: exact by default, as in PyTorch (JAX's default is the
 * approximation ½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))).
 * @see https://arxiv.org/abs/1606.08415
 * @example
 * ```ts
 * nn.gelu(np.array([-1, 1])) // => [-0.158655, 0.841345]
 * nn.gelu(1, { approximate: true }) // => 0.841192
 * ```
 */
export const gelu = (x: TensorLike, options?: GeluOptions): Tensor => {
  const { approximate = false } = optionsOf('gelu', 'approximate', options)
  const t = toFloat(x)
  if (!approximate) return mul(t, mul(erfc(mul(t, -Math.SQRT1_2)), 0.5))
  const cubic = add(t, mul(mul(t, mul(t, t)), 0.044715))
  return mul(t, mul(add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1), 0.5))
}

/**
 * log(1 + eˣ), elementwise, without overflow.   d softplus = σ(x)·dx
 *
 * Computed as max(x, 0) + log(1 + e^(−|x|)), with one branch for both x-dependent parts, so that derivatives of
 * every order are right at 0 too.
 * @example
 * ```ts
 * nn.softplus(np.array([-1000, 0, 1000])) // => [0, 0.693147, 1000]
 * ```
 */
export const softplus = (x: TensorLike): Tensor => {
  const t = toFloat(x)
  const positive = gt(t, 0)
  return add(select(positive, t, zerosLike(t)), log1p(exp(select(positive, neg(t), t))))
}

/** log σ(x) = −softplus(−x), elementwise, without overflow. */
export const logSigmoid = (x: TensorLike): Tensor => neg(softplus(neg(toFloat(x))))
