import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval, type Shape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { acc, apply, elem } from '../../ir/expr.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { mapped, only, requireDType } from '../rules/rules.js'

/** Distinct axes, none negative, which the result loses. */
export type ReduceParams = { readonly axes: readonly number[] }

/** Axes of `shape` that are not reduced. */
export const keptAxes = (shape: Shape, axes: readonly number[]): readonly number[] =>
  shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]))

/** @throws ShapeError unless the axes are distinct axes of x */
export const reducedShape = (name: string, x: { readonly shape: Shape }, axes: readonly number[]): Shape => {
  if (
    new Set(axes).size !== axes.length ||
    axes.some((a) => !Number.isInteger(a) || a < 0 || a >= x.shape.length)
  ) {
    throw new ShapeError(
      `${name}: distinct axes of a tensor of rank ${x.shape.length} are required, got [${axes.join(',')}].`,
    )
  }
  return keptAxes(x.shape, axes).map((i) => x.shape[i])
}

/** Sum over axes. Linear; transposed by repeating. */
export const reduceSumP = definePrimitive<ReduceParams>({
  name: 'reduceSum',
  abstractEval: ([x], { axes }) => {
    requireDType('reduceSum', 'number', x)
    return [aval(reducedShape('reduceSum', x, axes), x.dtype, x.weakType)]
  },
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x], { axes }) => [broadcastInDim(only(cts), x.aval.shape, keptAxes(x.aval.shape, axes))],
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceSum(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: ([x], { axes }) => ({
    kind: 'reduce',
    axes,
    init: [{ value: 0, dtype: x.dtype }],
    element: (v) => [v],
    combine: [apply('add', [acc(0, x.dtype), elem(0, x.dtype)])],
    values: (reduced) => reduced,
  }),
})

/** Σ over `axes`. */
export const reduceSum = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceSumP, [x], { axes })
