import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear, isZero, Zero } from '../../graph/primitive.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { eq } from '../elementwise/comparison.js'
import { and } from '../elementwise/logical.js'
import { iota } from '../movement/iota.js'
import { reshape } from '../movement/reshape.js'
import { instantiate, only, zerosLike } from '../rules/rules.js'
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

/** True for the last write to each place: if all writes store their number, its number remains. */
const lasting = (
  x: Parameters<typeof inRange>[0],
  indices: readonly Tensor[],
  axes: readonly number[],
): Tensor => {
  const { shape, size } = indices[0]
  const numbers = reshape(iota('int32', [size], 0), shape)
  const sizes = axes.map((a) => x.aval.shape[a])
  const own = axes.map((_, k) => k)
  const written = scatterSet(splat(-1, aval(sizes, 'int32')), indices, numbers, own)
  return and(inRange(x, indices, axes), eq(gather(written, indices, own), numbers))
}

/**
 * x with elements at computed positions replaced by `updates`; of several writes to one place the last (in
 * row-major order of the indices) stays, those out of range are dropped.
 * Linear in x and updates. Transposes: x ← ct with 0 where written, updates ← ct at their positions, 0 where
 * dropped or overwritten.
 */
export const scatterSetP = definePrimitive<GatherParams>({
  name: 'scatterSet',
  abstractEval: scattered('scatterSet', 'any'),
  jvp: {
    // d scatterSet(x, i, u) = scatterSet(dx, i, du)
    whole: (primals, tangents, { axes }) => {
      const { x, indices, updates } = scatterOperands(primals)
      const { x: dx, updates: du } = scatterOperands(tangents)
      const out = scatterSet(x, indices, updates, axes)
      if (isZero(dx) && isZero(du)) return { outs: [out], tangents: [new Zero(out.aval)] }
      return { outs: [out], tangents: [scatterSet(instantiate(dx), indices, instantiate(du), axes)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { axes }) => {
    const ct = only(cts)
    const { x, indices, updates } = scatterOperands(operands)
    const at = indices as readonly Tensor[]
    return [
      isLinear(x) ? scatterSet(ct, at, zerosLike(updates), axes) : null,
      ...indices.map(() => null),
      isLinear(updates) ? zeroUnless(lasting(x, at, axes), gather(ct, at, axes)) : null,
    ]
  },
  batch: batchScatter((...args) => scatterSet(...args)),
  lower: scatterRoutine('set'),
})

/** The public function of `functions/lax/generalIndexing.ts` without its check of positions: those out of range are dropped. @internal */
export const scatterSet: Scatter = (x, indices, updates, axes) =>
  bind1(scatterSetP, [x, ...indices, updates], { axes })
