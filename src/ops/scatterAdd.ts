import { bind1 } from '../graph/bind.js'
import { definePrimitive, isLinear, isZero, Zero } from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { type GatherParams, gather } from './gather.js'
import { instantiate, only } from './rules.js'
import {
  batchScatter,
  inRange,
  masked,
  parts,
  type Scatter,
  scattered,
  scatterRoutine,
} from './scatterForm.js'

/**
 * x with `updates` added at computed positions, in order; those out of range are dropped.
 * Linear in x and updates. Transposes: x ← ct, updates ← ct at their positions, 0 where dropped.
 */
export const scatterAddP = definePrimitive<GatherParams>({
  name: 'scatterAdd',
  abstractEval: scattered('scatterAdd', 'number'),
  jvp: {
    // d scatterAdd(x, i, u) = scatterAdd(dx, i, du)
    whole: (primals, tangents, { axes }) => {
      const { x, indices, updates } = parts(primals)
      const { x: dx, updates: du } = parts(tangents)
      const out = scatterAdd(x, indices, updates, axes)
      if (isZero(du)) return { outs: [out], tangents: [isZero(dx) ? new Zero(out.aval) : dx] }
      return { outs: [out], tangents: [scatterAdd(instantiate(dx), indices, du, axes)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { axes }) => {
    const ct = only(cts)
    const { x, indices, updates } = parts(operands)
    const at = indices as readonly Tensor[]
    return [
      isLinear(x) ? ct : null,
      ...indices.map(() => null),
      isLinear(updates) ? masked(inRange(x, at, axes), gather(ct, at, axes)) : null,
    ]
  },
  batch: batchScatter((...args) => scatterAdd(...args)),
  lower: scatterRoutine('add'),
})

/**
 * x with `updates` [...I, ...other axes] added where the position on `axes[k]` is `indices[k]` (int32, all of
 * one shape I). Positions named twice are added to twice; those out of range are dropped.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const at = np.array([0, 2, 0, 9], { dtype: 'int32' })
 * lax.scatterAdd(np.zeros([3]), [at], np.array([1, 2, 3, 4]), [0]) // => [4, 0, 2]
 * ```
 */
export const scatterAdd: Scatter = (x, indices, updates, axes) =>
  bind1(scatterAddP, [x, ...indices, updates], { axes })
