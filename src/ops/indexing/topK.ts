import { bind } from '../../graph/bind.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import { definePrimitive, isZero, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { requireDType } from '../rules/rules.js'
import { gatherAlong } from './gather.js'

export type TopKParams = { readonly k: number }

const greatest = ([x]: readonly Aval[], { k }: TopKParams): readonly Aval[] => {
  requireDType('topK', 'number', x)
  const n = x.shape[x.shape.length - 1]
  plainNumbers('topK', 'k', k)
  if (n === undefined || !Number.isInteger(k) || k < 0 || k > n) {
    throw new ShapeError(
      `topK: k up to the length of the last axis is required, got ${k} for ${formatAval(x)}.`,
    )
  }
  const shape = [...x.shape.slice(0, -1), k]
  return [aval(shape, x.dtype, x.weakType), aval(shape, 'int32')]
}

/**
 * The k greatest elements along the last axis, greatest first, and their positions. NaN is greater than all numbers;
 * among equal elements the one at the lower position comes first.
 *
 * d values = dx at the positions found
 */
export const topKP = definePrimitive<TopKParams>({
  name: 'topK',
  abstractEval: greatest,
  jvp: {
    whole: ([x], [dx], { k }) => {
      const [values, positions] = topK(x, k)
      const tangent = isZero(dx) ? new Zero(values.aval) : gatherAlong(dx, positions, x.ndim - 1)
      return { outs: [values, positions], tangents: [tangent, new Zero(positions.aval)] }
    },
  },
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { k }) => ({ outs: topK(x, k), batched: [true, true] }),
  lower: (_avals, { k }) => ({ kind: 'host', call: { routine: 'topK', k } }),
})

/**
 * The k greatest elements along the last axis, greatest first, and their positions: x[..., n] → values
 * [..., k] of x's dtype, positions i32[..., k]. NaN is greater than all numbers; among equal elements the one at
 * the lower position comes first. The gradient goes to the elements that were chosen.
 * @throws ShapeError unless 0 ≤ k ≤ n, DTypeError on bools
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const [values, positions] = lax.topK(np.array([3, 9, 1, 9]), 3)
 * values // => [9, 9, 3]
 * positions // => [1, 3, 0]
 * ```
 */
export const topK = (x: Tensor, k: number): readonly [Tensor, Tensor] => {
  const [values, positions] = bind(topKP, [x], { k })
  return [values, positions]
}
