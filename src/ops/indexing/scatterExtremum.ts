import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isZero, type Primitive, type WholeJvp, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { div } from '../elementwise/arithmetic.js'
import { eq, ne } from '../elementwise/comparison.js'
import { convert } from '../elementwise/convert.js'
import { and, or } from '../elementwise/logical.js'
import { select } from '../elementwise/select.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { zerosLike } from '../rules/rules.js'
import { type GatherParams, gather } from './gather.js'
import { scatterAdd } from './scatterAdd.js'
import {
  batchScatter,
  inRange,
  type Scatter,
  scattered,
  scatterOperands,
  scatterRoutine,
} from './scatterForm.js'

/** Equal, or both NaN. */
const same = (a: Tensor, b: Tensor): Tensor => or(eq(a, b), and(ne(a, a), ne(b, b)))

/** dy = Σ of the tangents of x and of the updates that are the extremum of their place, / their number. */
const sharedTangents =
  (scatter: Scatter): WholeJvp<GatherParams> =>
  (primals, tangents, { axes }) => {
    const { x, indices, updates } = scatterOperands(primals)
    const { x: dx, updates: du } = scatterOperands(tangents)
    const out = scatter(x, indices, updates, axes)
    if (isZero(dx) && isZero(du)) return { outs: [out], tangents: [new Zero(out.aval)] }
    const inside = inRange(x, indices, axes)
    const dims = inside.shape.map((_, i) => i)
    const ofX = same(x, out)
    const ofUpdates = and(
      same(updates, gather(out, indices, axes)),
      broadcastInDim(inside, updates.shape, dims),
    )
    const chosen = isZero(dx) ? zerosLike(x) : select(ofX, dx, zerosLike(x))
    const total = isZero(du)
      ? chosen
      : scatterAdd(chosen, indices, select(ofUpdates, du, zerosLike(updates)), axes)
    const count = scatterAdd(convert(ofX, x.dtype), indices, convert(ofUpdates, x.dtype), axes)
    return { outs: [out], tangents: [div(total, count)] }
  }

const extremum = (
  name: 'scatterMax' | 'scatterMin',
  combine: 'max' | 'min',
  scatter: Scatter,
): Primitive<GatherParams> =>
  definePrimitive<GatherParams>({
    name,
    abstractEval: scattered(name, 'number'),
    jvp: { whole: sharedTangents(scatter) },
    linearize: 'fromJvp',
    transpose: 'nonlinear',
    batch: batchScatter(scatter),
    lower: scatterRoutine(combine),
  })

/** The greatest of x's element and the updates to it; NaN wins. Equal ones share the derivative. */
export const scatterMaxP = extremum('scatterMax', 'max', (...args) => scatterMax(...args))
/** x with elements raised to `updates`; those out of range are dropped. @internal */
export const scatterMax: Scatter = (x, indices, updates, axes) =>
  bind1(scatterMaxP, [x, ...indices, updates], { axes })

/** The least of x's element and the updates to it; NaN wins. Equal ones share the derivative. */
export const scatterMinP = extremum('scatterMin', 'min', (...args) => scatterMin(...args))
/** x with elements lowered to `updates`; those out of range are dropped. @internal */
export const scatterMin: Scatter = (x, indices, updates, axes) =>
  bind1(scatterMinP, [x, ...indices, updates], { axes })
