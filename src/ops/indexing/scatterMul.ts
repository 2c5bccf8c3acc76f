import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear, isZero, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { add, mul } from '../elementwise/arithmetic.js'
import { eq, ne } from '../elementwise/comparison.js'
import { select } from '../elementwise/select.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { iota } from '../movement/iota.js'
import { pad } from '../movement/pad.js'
import { reshape } from '../movement/reshape.js'
import { fullLike, only, zerosLike } from '../rules/rules.js'
import { type GatherParams, gather } from './gather.js'
import { scatterAdd } from './scatterAdd.js'
import {
  batchScatter,
  inRange,
  type Scatter,
  scattered,
  scatterOperands,
  scatterRoutine,
  zeroUnless,
} from './scatterForm.js'
import { sort } from './sort.js'

/** x moved by n places along its first axis, towards its start; `fill` takes the empty places. */
const ahead = (x: Tensor, n: number, fill: number): Tensor =>
  pad(
    x,
    fill,
    x.shape.map((_, i) => (i === 0 ? [-n, n, 0] : [0, 0, 0])),
  )

/**
 * The derivative of the product of all updates to each place, like x. The updates are sorted by their place;
 * then d(p·q) = dp·q + p·dq over spans that double, within one place: products alone, so that it holds where
 * factors are 0, and so do its own derivatives.
 */
const productTangent = (
  x: Tensor,
  indices: readonly Tensor[],
  updates: Tensor,
  du: Tensor,
  axes: readonly number[],
): Tensor => {
  const n = indices[0].size
  const rest = updates.shape.slice(indices[0].ndim)
  const flat = indices.reduce((at, index, k) => (k === 0 ? index : add(mul(at, x.shape[axes[k]]), index)))
  const targets = reshape(select(inRange(x, indices, axes), flat, fullLike(flat, -1)), [n])
  const [target, order] = sort([targets, iota('int32', [n], 0)], 0)
  const inOrder = (t: Tensor) => gather(t, [order], [0])
  let p = inOrder(reshape(updates, [n, ...rest]))
  let dp = inOrder(reshape(du, [n, ...rest]))
  for (let span = 1; span < n; span *= 2) {
    const joined = broadcastInDim(eq(ahead(target, span, -2), target), p.shape, [0])
    const q = select(joined, ahead(p, span, 1), fullLike(p, 1))
    const dq = select(joined, ahead(dp, span, 0), zerosLike(p))
    dp = add(mul(dp, q), mul(p, dq))
    p = mul(p, q)
  }
  const isFirst = ne(ahead(target, -1, -2), target)
  const at = indices.map((index) => inOrder(reshape(index, [n])))
  return scatterAdd(zerosLike(x), at, zeroUnless(isFirst, dp), axes)
}

/**
 * x with elements at computed positions multiplied by `updates`, once for each time they are named; those out
 * of range are dropped. Linear in x: x ← scatterMul(ct, i, u).
 *
 * d scatterMul(x, i, u) = scatterMul(dx, i, u) + x·d(Π of the updates to the place)
 */
export const scatterMulP = definePrimitive<GatherParams>({
  name: 'scatterMul',
  abstractEval: scattered('scatterMul', 'number'),
  jvp: {
    whole: (primals, tangents, { axes }) => {
      const { x, indices, updates } = scatterOperands(primals)
      const { x: dx, updates: du } = scatterOperands(tangents)
      const out = scatterMul(x, indices, updates, axes)
      const byX = isZero(dx) ? null : scatterMul(dx, indices, updates, axes)
      const byUpdates = isZero(du) ? null : mul(x, productTangent(x, indices, updates, du, axes))
      if (byX !== null && byUpdates !== null) return { outs: [out], tangents: [add(byX, byUpdates)] }
      return { outs: [out], tangents: [byX ?? byUpdates ?? new Zero(out.aval)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { axes }) => {
    const { x, indices, updates } = scatterOperands(operands)
    const at = indices as readonly Tensor[]
    const ct = isLinear(x) ? scatterMul(only(cts), at, updates as Tensor, axes) : null
    return [ct, ...indices.map(() => null), null]
  },
  batch: batchScatter((...args) => scatterMul(...args)),
  lower: scatterRoutine('mul'),
})

/** The public function of `functions/lax/generalIndexing.ts` without its check of positions: those out of range are dropped. @internal */
export const scatterMul: Scatter = (x, indices, updates, axes) =>
  bind1(scatterMulP, [x, ...indices, updates], { axes })
