import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { aval, formatAval, type Shape, sameShape } from '../../ir/aval.js'
import { isFloat } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { acc, apply, compare, constant, type Expr, elem, select } from '../../ir/expr.js'
import { withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { pad } from '../movement/pad.js'
import { highest } from '../reductions/limits.js'
import { mapped, requireDType } from '../rules/rules.js'
import { dilatedSize } from './axisWindow.js'
import { padConfig, type WindowParams } from './windowParams.js'
import { asItIs, combined, countedShape, longAxes, placeStrides } from './windowSelection.js'

/** Windows without padding or gaps in x. */
export type PlacesParams = {
  readonly window: readonly number[]
  readonly strides: readonly number[]
  readonly dilation: readonly number[]
}

/**
 * The first place of each window of x, in row-major order of its extent, where x equals y (NaN equals NaN) and
 * `inside` holds; −1 where there is none. x: [...s], inside: bool[...s], y: [...windows] → i32[...windows]
 */
export const windowPlacesP = definePrimitive<PlacesParams>({
  name: 'windowPlaces',
  abstractEval: ([x, inside, y], p) => {
    requireDType('windowPlaces', 'number', x)
    const shape = countedShape('windowPlaces', x, p)
    if (!sameShape(inside.shape, x.shape) || !sameShape(y.shape, shape)) {
      throw new ShapeError(
        `windowPlaces: a mask of the operand's shape and a value for each of [${shape.join(',')}] windows are required, got ${[x, inside, y].map(formatAval).join(', ')}.`,
      )
    }
    if (inside.dtype !== 'bool' || y.dtype !== x.dtype) {
      throw new DTypeError(
        `windowPlaces: a bool mask and values of the operand's dtype are required, got ${[x, inside, y].map(formatAval).join(', ')}.`,
      )
    }
    return [aval(shape, 'int32')]
  },
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (size, xs, batched, p) =>
    mapped(
      placesOf(
        xs.map((x, i) => withBatchAxis(size, x, batched[i])),
        { window: [1, ...p.window], strides: [1, ...p.strides], dilation: [1, ...p.dilation] },
      ),
    ),
  lower: ([x, , y], { window, strides, dilation }) => {
    const space = y.shape
    const long = longAxes(window)
    const tapOf = (i: number) =>
      window[i] > 1 ? [{ axis: space.length + long.indexOf(i), step: dilation[i] }] : []
    const positions = x.shape.map((_, i) => ({
      offset: 0,
      terms: [{ axis: i, step: strides[i] }, ...tapOf(i)],
    }))
    const spans = placeStrides(window.map((d, i) => dilatedSize(d, dilation[i])))
    const place = combined(
      long.flatMap((i) => tapOf(i).map(({ axis, step }) => ({ axis, step: step * spans[i] }))),
    )
    const none = constant(highest.int32, 'int32')
    const best = acc(0, 'int32')
    return {
      kind: 'reduceWindows',
      space,
      extents: long.map((i) => window[i]),
      init: [{ value: highest.int32, dtype: 'int32' }],
      element: (read) => {
        const value = read(0, positions, 0)
        const wanted = read(2, asItIs(space), 0)
        const isNaN = (e: Expr) => compare('ne', e, e)
        const equal = compare('eq', value, wanted)
        const attained = isFloat(x.dtype)
          ? apply('or', [equal, apply('and', [isNaN(value), isNaN(wanted)])])
          : equal
        return [select(apply('and', [attained, read(1, positions, 0)]), place, none)]
      },
      combine: [apply('min', [best, elem(0, 'int32')])],
      values: ([first]) => [select(compare('eq', first, none), constant(-1, 'int32'), first)],
      result: { order: space.map((_, i) => i), shape: space, start: space.map(() => 0) },
    }
  },
})

const placesOf = (operands: readonly Tensor[], params: PlacesParams): Tensor =>
  bind1(windowPlacesP, operands, params)

/** True at the elements of x, false in its padding and gaps; built as small as possible, then repeated. */
const elementsInside = (shape: Shape, p: WindowParams): Tensor => {
  const config = padConfig(p)
  const plain = config.map((axis) => axis.every((n) => n === 0))
  const least = shape.map((d, i) => (plain[i] ? 1 : d))
  const mask = pad(splat(1, aval(least, 'bool')), splat(0, aval([], 'bool')), config)
  return broadcastInDim(
    mask,
    mask.shape.map((d, i) => (plain[i] ? shape[i] : d)),
    shape.map((_, i) => i),
  )
}

/** The first place of each window where x equals y; never one in padding or gaps. */
export const firstAttaining = (x: Tensor, y: Tensor, p: WindowParams): Tensor =>
  y.size === 0
    ? splat(-1, aval(y.shape, 'int32'))
    : placesOf([pad(x, 0, padConfig(p)), elementsInside(x.shape, p), y], {
        window: p.window,
        strides: p.strides,
        dilation: p.windowDilation,
      })
