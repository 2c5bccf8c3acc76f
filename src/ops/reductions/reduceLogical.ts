import { bind1 } from '../../graph/bind.js'
import type { Lowering } from '../../graph/lowering.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval } from '../../ir/aval.js'
import { storedValue } from '../../ir/dtype.js'
import { acc, apply, elem } from '../../ir/expr.js'
import { mapped, requireDType } from '../rules/rules.js'
import { type ReduceParams, reducedShape } from './reduceSum.js'

const logicalShape =
  (name: string) =>
  ([x]: readonly Aval[], { axes }: ReduceParams): readonly Aval[] => {
    requireDType(name, 'logical', x)
    return [aval(reducedShape(name, x, axes), x.dtype, x.weakType)]
  }

/** `start`: 0, or −1 for every bit set. */
const logicalKernel =
  (fn: 'and' | 'or', start: 0 | -1) =>
  ([x]: readonly Aval[], { axes }: ReduceParams): Lowering => ({
    kind: 'reduce',
    axes,
    init: [{ value: storedValue(x.dtype, start), dtype: x.dtype }],
    element: (v) => [v],
    combine: [apply(fn, [acc(0, x.dtype), elem(0, x.dtype)])],
    values: (reduced) => reduced,
  })

/** Conjunction over axes: of bools, or of the bits of integers. Over nothing, true. */
export const reduceAndP = definePrimitive<ReduceParams>({
  name: 'reduceAnd',
  abstractEval: logicalShape('reduceAnd'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceAnd(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: logicalKernel('and', -1),
})
/** Whether all elements over `axes` are true. */
export const reduceAnd = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceAndP, [x], { axes })

/** Disjunction over axes: of bools, or of the bits of integers. Over nothing, false. */
export const reduceOrP = definePrimitive<ReduceParams>({
  name: 'reduceOr',
  abstractEval: logicalShape('reduceOr'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      reduceOr(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: logicalKernel('or', 0),
})
/** Whether any element over `axes` is true. */
export const reduceOr = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bind1(reduceOrP, [x], { axes })
