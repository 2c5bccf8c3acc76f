import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval, formatAval, type Shape, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { acc, apply, compare, constant, elem, select } from '../../ir/expr.js'
import { withBatchAxis } from '../movement/batching.js'
import { mapped, only, requireDType } from '../rules/rules.js'
import { windowGather } from './windowGather.js'
import {
  combined,
  countedShape,
  longAxes,
  placeStrides,
  requireSamePlaces,
  type SelectionParams,
} from './windowSelection.js'

export type ScatterParams = SelectionParams & { readonly shape: Shape }

/**
 * Zeros of `shape`, and each element of `source` added at the place of its window; an element with a place
 * outside its window is dropped. Linear in the source; transposed by reading there.
 */
export const windowScatterAddP = definePrimitive<ScatterParams>({
  name: 'windowScatterAdd',
  abstractEval: ([source, places], p) => {
    requireDType('windowScatterAdd', 'number', source)
    const windows = countedShape('windowScatterAdd', aval(p.shape, source.dtype), p)
    requireSamePlaces('windowScatterAdd', places, windows)
    if (!sameShape(source.shape, windows)) {
      throw new ShapeError(
        `windowScatterAdd: an element for each window, of shape [${windows.join(',')}], is required, got ${formatAval(source)}.`,
      )
    }
    return [aval(p.shape, source.dtype, source.weakType)]
  },
  jvp: [(ds, [, places], _out, p) => windowScatterAdd(ds, places, p), null],
  linearize: 'fromJvp',
  transpose: (cts, [source, places], { window, strides }) => [
    isLinear(source) ? windowGather(only(cts), places as Tensor, { window, strides }) : null,
    null,
  ],
  batch: (size, xs, batched, p) =>
    mapped(
      windowScatterAdd(withBatchAxis(size, xs[0], batched[0]), withBatchAxis(size, xs[1], batched[1]), {
        window: [1, ...p.window],
        strides: [1, ...p.strides],
        shape: [size, ...p.shape],
      }),
    ),
  lower: ([source], { window, strides, shape }) => {
    // position stride·q + r lies, as place stride·j + r, in window q − j
    const rows = shape.map((d, i) => Math.ceil(d / strides[i]))
    const taps = window.map((d, i) => Math.ceil(d / strides[i]))
    const space = rows.flatMap((n, i) => (strides[i] > 1 ? [n, strides[i]] : [n]))
    const rowOf = rows.map((_, i) => i + strides.slice(0, i).filter((s) => s > 1).length)
    const long = longAxes(taps)
    const tapAxis = (i: number) => space.length + long.indexOf(i)
    const placeTerms = window.map((_, i) => [
      ...(taps[i] > 1 ? [{ axis: tapAxis(i), step: strides[i] }] : []),
      ...(strides[i] > 1 ? [{ axis: rowOf[i] + 1, step: 1 }] : []),
    ])
    const spans = placeStrides(window)
    const place = combined(
      placeTerms.flatMap((terms, i) => terms.map(({ axis, step }) => ({ axis, step: step * spans[i] }))),
    )
    const windows = rows.map((_, i) => ({
      offset: 0,
      terms: [{ axis: rowOf[i], step: 1 }, ...(taps[i] > 1 ? [{ axis: tapAxis(i), step: -1 }] : [])],
    }))
    const inWindow = placeTerms.map((terms, i) => ({ position: { offset: 0, terms }, size: window[i] }))
    return {
      kind: 'reduceWindows',
      space,
      extents: long.map((i) => taps[i]),
      init: [{ value: 0, dtype: source.dtype }],
      element: (read) => {
        const chosen = compare('eq', read(1, windows, -1, inWindow), place)
        return [select(chosen, read(0, windows, 0), constant(0, source.dtype))]
      },
      combine: [apply('add', [acc(0, source.dtype), elem(0, source.dtype)])],
      values: (reduced) => reduced,
      result: {
        order: space.map((_, i) => i),
        shape: rows.map((n, i) => n * strides[i]),
        start: shape.map(() => 0),
      },
    }
  },
})

/** Zeros of `params.shape` with each element of `source` added at the place of its window. */
export const windowScatterAdd = (source: Tensor, places: Tensor, params: ScatterParams): Tensor =>
  bind1(windowScatterAddP, [source, places], params)
