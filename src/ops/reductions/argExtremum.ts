import { bind1 } from '../../graph/bind.js'
import type { Lowering } from '../../graph/lowering.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { isFloat } from '../../ir/dtype.js'
import { ShapeError } from '../../ir/errors.js'
import { acc, apply, compare, type Expr, elem, select } from '../../ir/expr.js'
import { convert } from '../elementwise/convert.js'
import { mapped, requireDType } from '../rules/rules.js'
import { highest, lowest } from './limits.js'
import { reducedShape } from './reduceSum.js'

export type ArgExtremumParams = { readonly axis: number }

const argShape =
  (name: string) =>
  ([x]: readonly Aval[], { axis }: ArgExtremumParams): readonly Aval[] => {
    requireDType(name, 'number', x)
    const shape = reducedShape(name, x, [axis])
    if (x.shape[axis] === 0) {
      throw new ShapeError(
        `${name}: at least one element is required, got ${formatAval(x)} along axis ${axis}.`,
      )
    }
    return [aval(shape, 'int32')]
  }

const both = (a: Expr, b: Expr): Expr => apply('and', [a, b])
const either = (a: Expr, b: Expr): Expr => apply('or', [a, b])

/** Pairs (value, index); the new one wins if it is more extreme, or equal and earlier. NaN is more extreme than all numbers. */
const argKernel =
  (beyond: 'gt' | 'lt', start: typeof lowest) =>
  ([x]: readonly Aval[], { axis }: ArgExtremumParams): Lowering => {
    const [best, bestAt] = [acc(0, x.dtype), acc(1, 'int32')]
    const [value, at] = [elem(0, x.dtype), elem(1, 'int32')]
    const earlier = compare('lt', at, bestAt)
    const plainly = either(compare(beyond, value, best), both(compare('eq', value, best), earlier))
    const wins = isFloat(x.dtype) ? orAsNaN(plainly, value, best, earlier) : plainly
    return {
      kind: 'reduce',
      axes: [axis],
      init: [
        { value: start[x.dtype], dtype: x.dtype },
        { value: highest.int32, dtype: 'int32' },
      ],
      element: (v, reducedAxis) => [v, reducedAxis(0)],
      combine: [select(wins, value, best), select(wins, at, bestAt)],
      values: (reduced) => [reduced[1]],
    }
  }

/** `plainly` (false beside NaN), or: value is NaN, and best is none, or a later one. */
const orAsNaN = (plainly: Expr, value: Expr, best: Expr, earlier: Expr): Expr => {
  const isNaN = (e: Expr) => compare('ne', e, e)
  return either(plainly, both(isNaN(value), either(compare('eq', best, best), earlier)))
}

/** Position of the greatest element along an axis: the first at ties, the first NaN if any. → i32 */
export const argmaxP = definePrimitive<ArgExtremumParams>({
  name: 'argmax',
  abstractEval: argShape('argmax'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axis }) => mapped(argmax(x, axis + 1)),
  lower: argKernel('gt', lowest),
})
/** The first position of the greatest element along `axis`. */
export const argmax = (x: Tensor, axis: number): Tensor => bind1(argmaxP, [ordered(x)], { axis })

/** Position of the least element along an axis: the first at ties, the first NaN if any. → i32 */
export const argminP = definePrimitive<ArgExtremumParams>({
  name: 'argmin',
  abstractEval: argShape('argmin'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axis }) => mapped(argmin(x, axis + 1)),
  lower: argKernel('lt', highest),
})
/** The first position of the least element along `axis`. */
export const argmin = (x: Tensor, axis: number): Tensor => bind1(argminP, [ordered(x)], { axis })

/** false < true, as integers. */
const ordered = (x: Tensor): Tensor => (x.dtype === 'bool' ? convert(x, 'int32') : x)
