import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { acc, apply, compare, constant, elem, select } from '../../ir/expr.js'
import { withBatchAxis } from '../movement/batching.js'
import { mapped, only, requireDType } from '../rules/rules.js'
import { windowScatterAdd } from './windowScatterAdd.js'
import {
  asItIs,
  combined,
  countedShape,
  longAxes,
  placeStrides,
  requireSamePlaces,
  type SelectionParams,
} from './windowSelection.js'

/**
 * The element of x at the place of each window; 0 for a place outside the window. Linear in x; the transpose
 * adds cotangents where elements came from. x: [...s], places: i32[...windows] → [...windows]
 */
export const windowGatherP = definePrimitive<SelectionParams>({
  name: 'windowGather',
  abstractEval: ([x, places], p) => {
    requireDType('windowGather', 'number', x)
    const shape = countedShape('windowGather', x, p)
    requireSamePlaces('windowGather', places, shape)
    return [aval(shape, x.dtype, x.weakType)]
  },
  jvp: [(dx, [, places], _out, p) => windowGather(dx, places, p), null],
  linearize: 'fromJvp',
  transpose: (cts, [x, places], p) => [
    isLinear(x) ? windowScatterAdd(only(cts), places as Tensor, { ...p, shape: x.aval.shape }) : null,
    null,
  ],
  batch: (size, xs, batched, p) =>
    mapped(
      windowGather(withBatchAxis(size, xs[0], batched[0]), withBatchAxis(size, xs[1], batched[1]), {
        window: [1, ...p.window],
        strides: [1, ...p.strides],
      }),
    ),
  lower: ([x, { shape: space }], { window, strides }) => {
    const long = longAxes(window)
    const tapAxis = (i: number) => space.length + long.indexOf(i)
    const spans = placeStrides(window)
    const place = combined(long.map((i) => ({ axis: tapAxis(i), step: spans[i] })))
    return {
      kind: 'reduceWindows',
      space,
      extents: long.map((i) => window[i]),
      init: [{ value: 0, dtype: x.dtype }],
      element: (read) => {
        const value = read(
          0,
          x.shape.map((_, i) => ({
            offset: 0,
            terms: [{ axis: i, step: strides[i] }, ...(window[i] > 1 ? [{ axis: tapAxis(i), step: 1 }] : [])],
          })),
          0,
        )
        const chosen = compare('eq', read(1, asItIs(space), -1), place)
        return [select(chosen, value, constant(0, x.dtype))]
      },
      combine: [apply('add', [acc(0, x.dtype), elem(0, x.dtype)])],
      values: (reduced) => reduced,
      result: { order: space.map((_, i) => i), shape: space, start: space.map(() => 0) },
    }
  },
})

/** The element at the place of each window of x, or 0. */
export const windowGather = (x: Tensor, places: Tensor, params: SelectionParams): Tensor =>
  bind1(windowGatherP, [x, places], params)
