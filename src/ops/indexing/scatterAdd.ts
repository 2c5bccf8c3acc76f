import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear, isZero, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { instantiate, only } from '../rules/rules.js'
import { type GatherParams, gather } from './gather.js'
import {
  batchScatter,
  inRange,
  type Scatter,
  scattered,
  scatterOperands,
  scatterRoutine,
  zeroUnless,
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
      const { x, indices, updates } = scatterOperands(primals)
      const { x: dx, updates: du } = scatterOperands(tangents)
      const out = scatterAdd(x, indices, updates, axes)
      if (isZero(du)) return { outs: [out], tangents: [isZero(dx) ? new Zero(out.aval) : dx] }
      return { outs: [out], tangents: [scatterAdd(instantiate(dx), indices, du, axes)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { axes }) => {
    const ct = only(cts)
    const { x, indices, updates } = scatterOperands(operands)
    const at = indices as readonly Tensor[]
    return [
      isLinear(x) ? ct : null,
      ...indices.map(() => null),
      isLinear(updates) ? zeroUnless(inRange(x, at, axes), gather(ct, at, axes)) : null,
    ]
  },
  batch: batchScatter((...args) => scatterAdd(...args)),
  lower: scatterRoutine('add'),
})

/** The public function of `functions/lax/generalIndexing.ts` without its check of positions: those out of range are dropped. @internal */
export const scatterAdd: Scatter = (x, indices, updates, axes) =>
  bind1(scatterAddP, [x, ...indices, updates], { axes })
