import * as fc from 'fast-check'
import type { Primitive } from '../../../src/graph/primitive.js'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, isFloat, storedValue } from '../../../src/ir/dtype.js'
import {
  reduceWindowMaxP,
  reduceWindowMinP,
  reduceWindowSumP,
} from '../../../src/ops/windows/reduceWindow.js'
import { windowGatherP } from '../../../src/ops/windows/windowGather.js'
import type { WindowParams } from '../../../src/ops/windows/windowParams.js'
import { type PlacesParams, windowPlacesP } from '../../../src/ops/windows/windowPlaces.js'
import { type ScatterParams, windowScatterAddP } from '../../../src/ops/windows/windowScatterAdd.js'
import type { SelectionParams } from '../../../src/ops/windows/windowSelection.js'
import { elementAt, offsetOf, type Plain, positions, tabulate } from '../plain.js'
import { anyOf, bools, reals, smallOf, wholes } from './elements.js'
import { notAFloat, numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import { allApart } from './reductions.js'
import type { Expected, Form, Row } from './row.js'

type Elements = fc.Arbitrary<number>

/** An axis and the windows along it. */
type Axis = {
  readonly size: number
  readonly window: number
  readonly stride: number
  readonly padding: readonly [number, number]
  readonly baseDilation: number
  readonly windowDilation: number
}

const size = fc.oneof({ weight: 14, arbitrary: wholes(1, 4) }, { weight: 1, arbitrary: fc.constant(0) })

const axis: fc.Arbitrary<Axis> = fc.record({
  size,
  window: wholes(1, 3),
  stride: fc.constantFrom(1, 1, 2, 3),
  padding: fc.tuple(wholes(-1, 2), wholes(-1, 2)),
  baseDilation: fc.constantFrom(1, 1, 2, 3),
  windowDilation: fc.constantFrom(1, 1, 2),
})

const forms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<WindowParams>> =>
  fc.array(axis, { maxLength: 3 }).map((axes) => ({
    params: {
      window: axes.map((a) => a.window),
      strides: axes.map((a) => a.stride),
      padding: axes.map((a) => a.padding),
      baseDilation: axes.map((a) => a.baseDilation),
      windowDilation: axes.map((a) => a.windowDilation),
    },
    operands: [{ dtype, shape: axes.map((a) => a.size), elements }],
  }))

/** How many windows begin early enough to end in the padded axis. */
const countOf = (padded: number, window: number, dilation: number, stride: number): number => {
  let count = 0
  for (let from = 0; from + (window - 1) * dilation + 1 <= padded; from += stride) count++
  return count
}

/** The elements of x in each window, in row-major order; padding and gaps are left out. */
const windowsOf = (x: Plain, p: WindowParams) => {
  const shape = x.shape.map((d, i) => {
    const [low, high] = p.padding[i]
    const padded = (d === 0 ? 0 : (d - 1) * p.baseDilation[i] + 1) + low + high
    return countOf(padded, p.window[i], p.windowDilation[i], p.strides[i])
  })
  const members = positions(shape).map((o) =>
    positions(p.window).flatMap((k) => {
      const at = o.map(
        (q, i) => (q * p.strides[i] + k[i] * p.windowDilation[i] - p.padding[i][0]) / p.baseDilation[i],
      )
      const inside = at.every((q, i) => Number.isInteger(q) && q >= 0 && q < x.shape[i])
      return inside ? [elementAt(x, at)] : []
    }),
  )
  return { shape, members }
}

const overWindows = (
  x: Plain,
  p: WindowParams,
  f: (xs: readonly number[]) => number,
  scale?: (xs: readonly number[]) => number,
): Expected => {
  const { shape, members } = windowsOf(x, p)
  return {
    dtype: x.dtype,
    shape,
    data: members.map((xs) => storedValue(x.dtype, f(xs))),
    ...(scale === undefined ? {} : { scale: members.map(scale) }),
  }
}

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)

/** With ties, infinities and NaN. */
const unordered = (dtype: DType): Elements =>
  isFloat(dtype)
    ? fc.oneof(
        { weight: 8, arbitrary: anyOf(dtype) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
      )
    : anyOf(dtype)

/** Of a window without elements: what no element is beyond. */
const ends: { readonly [d in DType]?: readonly [number, number] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

const extremum = (
  primitive: Primitive<WindowParams>,
  f: (...xs: number[]) => number,
  end: 0 | 1,
): Row<WindowParams> => ({
  primitive,
  dtypes: numeric,
  forms: (dtype) => forms(dtype, unordered(dtype)),
  oracle: ([x], p) => [
    overWindows(x, p, (xs) => (xs.length === 0 ? (ends[x.dtype]?.[end] ?? f()) : f(...xs))),
  ],
  ulps: rounded,
  // a window of padding alone is infinite, and has no differences
  smooth: {
    forms: forms('float64', reals(-3, 3)),
    where: (c) => allApart(c) && windowsOf(c.operands[0], c.params).members.every((xs) => xs.length > 0),
  },
  edges: () => notElementwise,
  exceptions: {},
})

/** Windows inside of an operand, as the primitives have them that know of no padding. */
const innerAxis = fc.record({ size, window: wholes(1, 3), stride: fc.constantFrom(1, 1, 2, 3) })

type InnerAxis = { readonly size: number; readonly window: number; readonly stride: number }

const countsOf = (axes: readonly InnerAxis[]): Shape =>
  axes.map((a) => countOf(a.size, a.window, 1, a.stride))

const innerAxes = fc.array(innerAxis, { maxLength: 3 })

const selectionOf = (axes: readonly InnerAxis[]): SelectionParams => ({
  window: axes.map((a) => a.window),
  strides: axes.map((a) => a.stride),
})

/** Places in windows, and some that are in none. */
const placesIn = (axes: readonly InnerAxis[]) => {
  const places = axes.reduce((n, a) => n * a.window, 1)
  return { dtype: 'int32' as const, shape: countsOf(axes), elements: wholes(-1, places) }
}

const placesForms = (dtype: DType): fc.Arbitrary<Form<PlacesParams>> =>
  fc
    .array(fc.record({ axis: innerAxis, dilation: fc.constantFrom(1, 1, 2) }), { maxLength: 3 })
    .map((drawn) => {
      const shape = drawn.map((d) => d.axis.size)
      const elements = isFloat(dtype)
        ? fc.oneof(wholes(-1, 1), fc.constantFrom(Number.NaN, 0, -0))
        : wholes(0, 2)
      const windows = drawn.map(({ axis: a, dilation }) => countOf(a.size, a.window, dilation, a.stride))
      return {
        params: {
          ...selectionOf(drawn.map((d) => d.axis)),
          dilation: drawn.map((d) => d.dilation),
        },
        operands: [
          { dtype, shape, elements },
          { dtype: 'bool', shape, elements: bools },
          { dtype, shape: windows, elements },
        ],
      }
    })

const placesRow: Row<PlacesParams> = {
  primitive: windowPlacesP,
  dtypes: numeric,
  forms: placesForms,
  oracle: ([x, inside, y], p) => [
    tabulate('int32', y.shape, (o) => {
      const wanted = elementAt(y, o)
      const spans = p.window.map((d, i) => (d - 1) * p.dilation[i] + 1)
      for (const k of positions(p.window)) {
        const at = o.map((q, i) => q * p.strides[i] + k[i] * p.dilation[i])
        const value = elementAt(x, at)
        const same = value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))
        if (same && elementAt(inside, at) !== 0)
          return offsetOf(
            spans,
            k.map((q, i) => q * p.dilation[i]),
          )
      }
      return -1
    }),
  ],
  ulps: rounded,
  smooth: notAFloat,
  edges: () => notElementwise,
  exceptions: {},
}

/** The position in the operand of a window's place, or `null` where the place is not in the window. */
const positionOf = (p: SelectionParams, o: readonly number[], place: number): readonly number[] | null => {
  const k = positions(p.window)[place]
  return k === undefined ? null : o.map((q, i) => q * p.strides[i] + k[i])
}

const gatherForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<SelectionParams>> =>
  innerAxes.map((axes) => ({
    params: selectionOf(axes),
    operands: [{ dtype, shape: axes.map((a) => a.size), elements }, placesIn(axes)],
  }))

const gatherRow: Row<SelectionParams> = {
  primitive: windowGatherP,
  dtypes: numeric,
  forms: (dtype) => gatherForms(dtype, anyOf(dtype)),
  oracle: ([x, places], p) => [
    tabulate(x.dtype, places.shape, (o) => {
      const at = positionOf(p, o, elementAt(places, o))
      return at === null ? 0 : elementAt(x, at)
    }),
  ],
  ulps: rounded,
  smooth: { forms: gatherForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const scatterForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<ScatterParams>> =>
  innerAxes.map((axes) => ({
    params: { ...selectionOf(axes), shape: axes.map((a) => a.size) },
    operands: [{ dtype, shape: countsOf(axes), elements }, placesIn(axes)],
  }))

const scatterRow: Row<ScatterParams> = {
  primitive: windowScatterAddP,
  dtypes: numeric,
  forms: (dtype) => scatterForms(dtype, smallOf(dtype)),
  oracle: ([source, places], p) => {
    const data = positions(p.shape).map(() => 0)
    const scale = data.map(() => 0)
    for (const o of positions(source.shape)) {
      const to = positionOf(p, o, elementAt(places, o))
      if (to === null) continue
      data[offsetOf(p.shape, to)] += elementAt(source, o)
      scale[offsetOf(p.shape, to)] += Math.abs(elementAt(source, o))
    }
    return [
      { dtype: source.dtype, shape: p.shape, data: data.map((v) => storedValue(source.dtype, v)), scale },
    ]
  },
  ulps: { float32: 16, float64: 16, why: 'sums of up to 27 terms, relative to the sum of magnitudes' },
  smooth: { forms: scatterForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const reduceWindows: readonly Row[] = [
  {
    primitive: reduceWindowSumP,
    dtypes: numeric,
    forms: (dtype) => forms(dtype, smallOf(dtype)),
    oracle: ([x], p) => [overWindows(x, p, total, (xs) => total(xs.map(Math.abs)))],
    ulps: { float32: 32, float64: 32, why: 'up to 27 terms, relative to the sum of magnitudes' },
    smooth: { forms: forms('float64', reals(-3, 3)) },
    edges: () => notElementwise,
    exceptions: {},
  } satisfies Row<WindowParams>,
  extremum(reduceWindowMaxP, Math.max, 0),
  extremum(reduceWindowMinP, Math.min, 1),
  placesRow,
  gatherRow,
  scatterRow,
]
