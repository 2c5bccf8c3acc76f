import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear, isZero, type NoParams, Zero } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { aval, compatible, formatAval, sameShape } from '../../ir/aval.js'
import { weakest } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { select as selectExpr } from '../../ir/expr.js'
import { instantiate, only, zerosLike } from '../rules/rules.js'
import { ne } from './comparison.js'
import { broadcastShapes, broadcastTo, promote, toTensor } from './lift.js'

/**
 * a where the predicate holds, b elsewhere; all of one shape. Linear in a and b: the element that
 * was not chosen has tangent and cotangent 0, whatever its value.
 */
export const selectP = definePrimitive<NoParams>({
  name: 'select',
  abstractEval: ([predicate, a, b]) => {
    if (predicate.dtype !== 'bool') {
      throw new DTypeError(
        `select: a bool predicate is required, got ${formatAval(predicate)}. Compare it, or use where.`,
      )
    }
    if (!compatible(a, b) || !sameShape(predicate.shape, a.shape)) {
      throw new ShapeError(
        `select: branches of one dtype and all of one shape are required, got ${[predicate, a, b].map(formatAval).join(', ')}. Use where, which broadcasts and promotes.`,
      )
    }
    return [aval(a.shape, a.dtype, weakest([a, b]))]
  },
  jvp: {
    whole: ([predicate, a, b], [, da, db]) => {
      const out = select(predicate, a, b)
      // d select(p, a, b) = select(p, da, db)
      const tangent =
        isZero(da) && isZero(db) ? new Zero(out.aval) : select(predicate, instantiate(da), instantiate(db))
      return { outs: [out], tangents: [tangent] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, [predicate, a, b]) => {
    const ct = only(cts)
    const p = predicate as Tensor
    return [
      null,
      isLinear(a) ? select(p, ct, zerosLike(ct)) : null,
      isLinear(b) ? select(p, zerosLike(ct), ct) : null,
    ]
  },
  batch: 'elementwise',
  lower: () => ({ kind: 'elementwise', values: ([predicate, a, b]) => [selectExpr(predicate, a, b)] }),
})

/** a where `predicate` holds, b elsewhere; nothing is broadcast. */
export const select = (predicate: Tensor, a: Tensor, b: Tensor): Tensor =>
  bind1(selectP, [predicate, a, b], {})

/** a where `condition` is true (or not 0), b elsewhere; all broadcast, a and b promoted. */
export const where = (condition: TensorLike, a: TensorLike, b: TensorLike): Tensor => {
  const given = toTensor(condition)
  const predicate = given.dtype === 'bool' ? given : ne(given, 0)
  const branches = promote('where', [a, b])
  const shape = broadcastShapes('where', [predicate.shape, ...branches.map((t) => t.shape)])
  return select(
    broadcastTo(predicate, shape),
    broadcastTo(branches[0], shape),
    broadcastTo(branches[1], shape),
  )
}
