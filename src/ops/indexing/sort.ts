import { bind } from '../../graph/bind.js'
import { definePrimitive, isZero, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { withBatchAxis } from '../movement/batching.js'
import { iota } from '../movement/iota.js'
import { gatherAlong } from './gather.js'

/** `keys` is the number of leading operands that are compared, the first one first; the others are carried along. */
export type SortParams = { readonly axis: number; readonly keys: number }

const sorted = (operands: readonly Aval[], { axis, keys }: SortParams): readonly Aval[] => {
  const [first] = operands
  if (first === undefined || !operands.every((o) => sameShape(o.shape, first.shape))) {
    throw new ShapeError(
      `sort: operands of one shape are required, got ${operands.map(formatAval).join(' and ')}. Broadcast first.`,
    )
  }
  if (!Number.isInteger(axis) || axis < 0 || axis >= first.shape.length) {
    throw new ShapeError(`sort: an axis of the operands is required, got ${axis} of ${formatAval(first)}.`)
  }
  if (!Number.isInteger(keys) || keys < 1 || keys > operands.length) {
    throw new ShapeError(`sort: 1 to ${operands.length} keys are required, got ${keys}.`)
  }
  return operands.map((o) => aval(o.shape, o.dtype, o.weakType))
}

/**
 * Operands of one shape sorted together along an axis: ascending and stable, NaN last, −0 equal to 0.
 *
 * d sort(x) = dx in the order of x: positions are sorted along with the elements, and tangents are read there.
 */
export const sortP = definePrimitive<SortParams>({
  name: 'sort',
  abstractEval: sorted,
  jvp: {
    whole: (xs, tangents, { axis, keys }) => {
      if (tangents.every(isZero)) {
        const outs = sort(xs, axis, keys)
        return { outs, tangents: outs.map((y) => new Zero(y.aval)) }
      }
      const results = sort([...xs, iota('int32', xs[0].shape, axis)], axis, keys)
      const order = results[xs.length]
      return {
        outs: results.slice(0, -1),
        tangents: tangents.map((t) => (isZero(t) ? t : gatherAlong(t, order, axis))),
      }
    },
  },
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (size, xs, batched, { axis, keys }) => ({
    outs: sort(
      xs.map((x, i) => withBatchAxis(size, x, batched[i])),
      axis + 1,
      keys,
    ),
    batched: xs.map(() => true),
  }),
  lower: (_avals, { axis, keys }) => ({ kind: 'host', call: { routine: 'sort', axis, keys } }),
})

/**
 * `operands`, all of one shape, sorted together along `axis`: by the first, where equal by the next, for the
 * first `keys` of them; the others are carried along. Ascending and stable; NaN last, all NaN equal; −0 equal to 0.
 * @throws ShapeError unless shapes are equal, the axis is one of theirs and there are that many keys
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const [k, v] = lax.sort([np.array([2, 1, 2]), np.array([7, 8, 9])], 0)
 * k // => [1, 2, 2]
 * v // => [8, 7, 9]
 * ```
 */
export const sort = (operands: readonly Tensor[], axis: number, keys = 1): readonly Tensor[] =>
  bind(sortP, operands, { axis, keys })
