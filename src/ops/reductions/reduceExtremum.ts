import { bind1 } from '../../graph/bind.js'
import type { Lowering } from '../../graph/lowering.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval } from '../../ir/aval.js'
import { acc, apply, elem } from '../../ir/expr.js'
import { div } from '../elementwise/arithmetic.js'
import { eq, ne } from '../elementwise/comparison.js'
import { convert } from '../elementwise/convert.js'
import { or } from '../elementwise/logical.js'
import { select } from '../elementwise/select.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { mapped, requireDType, zerosLike } from '../rules/rules.js'
import { highest, lowest } from './limits.js'
import { keptAxes, type ReduceParams, reducedShape, reduceSum } from './reduceSum.js'

const extremumShape =
  (name: string) =>
  ([x]: readonly Aval[], { axes }: ReduceParams): readonly Aval[] => {
    requireDType(name, 'number', x)
    return [aval(reducedShape(name, x, axes), x.dtype, x.weakType)]
  }

/** dy = Σ dx over the k places where x is the extremum, / k: ties share equally; NaN everywhere below a NaN. */
const sharedTangent = (dx: Tensor, [x]: readonly Tensor[], out: Tensor, { axes }: ReduceParams): Tensor => {
  // NaN differs from all x, itself too
  const isNaN = ne(out, out)
  const spread = (t: Tensor) => broadcastInDim(t, x.shape, keptAxes(x.shape, axes))
  const attained = or(eq(x, spread(out)), spread(isNaN))
  const chosen = reduceSum(select(attained, dx, zerosLike(dx)), axes)
  return div(chosen, select(isNaN, out, reduceSum(convert(attained, dx.dtype), axes)))
}

const extremumKernel =
  (fn: 'max' | 'min', start: typeof lowest) =>
  ([x]: readonly Aval[], { axes }: ReduceParams): Lowering => ({
    kind: 'reduce',
    axes,
    init: [{ value: start[x.dtype], dtype: x.dtype }],
    element: (v) => [v],
    combine: [apply(fn, [acc(0, x.dtype), elem(0, x.dtype)])],
    values: (reduced) => reduced,
  })

/** Greatest element over axes; NaN wins; over nothing, −∞ or the least integer. Ties share the derivative equally. */
export const reduceMaxP = definePrimitive<ReduceParams>({
  name: 'reduceMax',
  abstractEval: extremumShape('reduceMax'),
  jvp: [sharedTangent],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceMax(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: extremumKernel('max', lowest),
})
/** The greatest element over `axes`. */
export const reduceMax = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceMaxP, [x], { axes })

/** Least element over axes; NaN wins; over nothing, +∞ or the greatest integer. Ties share the derivative equally. */
export const reduceMinP = definePrimitive<ReduceParams>({
  name: 'reduceMin',
  abstractEval: extremumShape('reduceMin'),
  jvp: [sharedTangent],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceMin(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: extremumKernel('min', highest),
})
/** The least element over `axes`. */
export const reduceMin = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceMinP, [x], { axes })
