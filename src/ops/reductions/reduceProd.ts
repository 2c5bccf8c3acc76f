import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { acc, apply, elem } from '../../ir/expr.js'
import { add, mul } from '../elementwise/arithmetic.js'
import { pad } from '../movement/pad.js'
import { reshape } from '../movement/reshape.js'
import { sliceAxis } from '../movement/slice.js'
import { transpose } from '../movement/transpose.js'
import { mapped, requireDType, zerosLike } from '../rules/rules.js'
import { keptAxes, type ReduceParams, reducedShape } from './reduceSum.js'

/** x with its reduced axes merged into one leading axis. */
const reducedFirst = (x: Tensor, axes: readonly number[]): Tensor => {
  const kept = keptAxes(x.shape, axes)
  const n = axes.reduce((size, a) => size * x.shape[a], 1)
  return reshape(transpose(x, [...axes, ...kept]), [n, ...kept.map((a) => x.shape[a])])
}

/** x with one more place on its first axis, filled by `value`, where its length is odd. */
const evened = (x: Tensor, value: number): Tensor =>
  x.shape[0] % 2 === 0
    ? x
    : pad(
        x,
        value,
        x.shape.map((_, i) => [0, i === 0 ? 1 : 0, 0]),
      )

/**
 * Product over axes.   d(p·q) = dp·q + p·dq, halving the axis log₂(n) times: products alone, no quotient,
 * so that it holds where factors are 0, and so do its own derivatives. ∇prod[0, 2, 3] = [6, 0, 0].
 */
export const reduceProdP = definePrimitive<ReduceParams>({
  name: 'reduceProd',
  abstractEval: ([x], { axes }) => {
    requireDType('reduceProd', 'number', x)
    return [aval(reducedShape('reduceProd', x, axes), x.dtype, x.weakType)]
  },
  jvp: [
    (dx, [x], out, { axes }) => {
      let p = reducedFirst(x, axes)
      let dp = reducedFirst(dx, axes)
      if (p.shape[0] === 0) return zerosLike(out)
      while (p.shape[0] > 1) {
        p = evened(p, 1)
        dp = evened(dp, 0)
        const n = p.shape[0]
        const [q, r] = [sliceAxis(p, 0, 0, n / 2), sliceAxis(p, 0, n / 2, n)]
        const [dq, dr] = [sliceAxis(dp, 0, 0, n / 2), sliceAxis(dp, 0, n / 2, n)]
        p = mul(q, r)
        dp = add(mul(dq, r), mul(q, dr))
      }
      return reshape(dp, out.shape)
    },
  ],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceProd(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: ([x], { axes }) => ({
    kind: 'reduce',
    axes,
    init: [{ value: 1, dtype: x.dtype }],
    element: (v) => [v],
    combine: [apply('mul', [acc(0, x.dtype), elem(0, x.dtype)])],
    values: (reduced) => reduced,
  }),
})

/** Π over `axes`. */
export const reduceProd = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceProdP, [x], { axes })
