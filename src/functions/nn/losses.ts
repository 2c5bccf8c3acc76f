import { type AxisOptions, axisOptionsOf, optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { ReduceOptions } from '../../graph/tensorMethods.js'
import { abs } from '../../ops/elementwise/abs.js'
import { div, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { eq, le } from '../../ops/elementwise/comparison.js'
import { alignFloats } from '../../ops/elementwise/lift.js'
import { log } from '../../ops/elementwise/log.js'
import { and } from '../../ops/elementwise/logical.js'
import { maximum } from '../../ops/elementwise/maximum.js'
import { select } from '../../ops/elementwise/select.js'
import { square } from '../../ops/elementwise/square.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'
import { norm } from '../numpy/norm.js'
import { mean, reduceOptions, sum } from '../numpy/reductions.js'

/** (prediction − target)², elementwise, broadcast. */
export const squaredError = (predictions: TensorLike, targets: TensorLike): Tensor => {
  const [p, t] = alignFloats('squaredError', [predictions, targets])
  return square(sub(p, t))
}

/**
 * Mean of (prediction − target)², over all elements by default: a scalar.
 * @example
 * ```ts
 * nn.meanSquaredError(np.array([1, 2]), np.array([1, 4])) // => 2
 * ```
 */
export const meanSquaredError = (
  predictions: TensorLike,
  targets: TensorLike,
  ...options: AxisOptions<ReduceOptions>
): Tensor => mean(squaredError(predictions, targets), reduceOptions('meanSquaredError', options))

export type HuberOptions = { readonly delta?: number }

/**
 * ½e² where |e| ≤ δ, δ·(|e| − ½δ) beyond, with e = prediction − target; elementwise, broadcast; δ is 1.
 * @example
 * ```ts
 * nn.huber(np.array([0.5, 3]), 0) // => [0.125, 2.5]
 * ```
 */
export const huber = (predictions: TensorLike, targets: TensorLike, options?: HuberOptions): Tensor => {
  const { delta = 1 } = optionsOf('huber', 'delta', options)
  const [p, t] = alignFloats('huber', [predictions, targets])
  const error = sub(p, t)
  const size = abs(error)
  const near = le(size, delta)
  // the square of an infinite error would have the derivative 0·∞
  const small = select(near, error, zerosLike(error))
  return select(near, mul(square(small), 0.5), mul(sub(size, 0.5 * delta), delta))
}

export type CosineOptions = { readonly axis?: number; readonly epsilon?: number }

/**
 * Σ x·y / (‖x‖·‖y‖) along an axis, the last by default, broadcast: one for each pair of vectors. Norms below
 * `epsilon` (10⁻⁸) count as `epsilon`, and have no derivative.
 * @example
 * ```ts
 * nn.cosineSimilarity(np.array([1, 0]), np.array([1, 1])) // => 0.707107
 * ```
 */
export const cosineSimilarity = (
  x: TensorLike,
  y: TensorLike,
  ...options: AxisOptions<CosineOptions>
): Tensor => similarity('cosineSimilarity', x, y, options)

const similarity = (
  name: string,
  x: TensorLike,
  y: TensorLike,
  options: AxisOptions<CosineOptions>,
): Tensor => {
  const { axis = -1, epsilon = 1e-8 } = axisOptionsOf(name, 'axis epsilon', options)
  const [a, b] = alignFloats(name, [x, y])
  const lengthOf = (t: Tensor) => maximum(norm(t, { axis }), epsilon)
  return div(sum(mul(a, b), { axis }), mul(lengthOf(a), lengthOf(b)))
}

/** 1 − cosine similarity, along an axis: one for each pair of vectors. */
export const cosineDistance = (
  x: TensorLike,
  y: TensorLike,
  ...options: AxisOptions<CosineOptions>
): Tensor => sub(1, similarity('cosineDistance', x, y, options))

/**
 * Σ p·(log p − log q) over the last axis, from *log*-predictions log q and target probabilities p: one for each
 * example. A target of 0 adds nothing.
 * @example
 * ```ts
 * nn.klDivergence(np.log(np.array([0.5, 0.5])), np.array([1, 0])) // => 0.693147
 * ```
 */
export const klDivergence = (logPredictions: TensorLike, targets: TensorLike): Tensor => {
  const [logQ, p] = alignFloats('klDivergence', [logPredictions, targets])
  const zero = eq(p, 0)
  const logP = log(select(zero, fullLike(p, 1), p))
  // 0·(−∞) is NaN
  const nothing = and(zero, eq(logQ, Number.NEGATIVE_INFINITY))
  return sum(mul(p, sub(logP, select(nothing, zerosLike(logQ), logQ))), { axis: -1 })
}
