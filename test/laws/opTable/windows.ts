import * as fc from 'fast-check'
import type { NoParams } from '../../../src/graph/primitive.js'
import type { Shape } from '../../../src/ir/aval.js'
import type { DType } from '../../../src/ir/dtype.js'
import { type DynamicSliceParams, dynamicSliceP } from '../../../src/ops/indexing/dynamicSlice.js'
import { dynamicUpdateSliceP } from '../../../src/ops/indexing/dynamicUpdateSlice.js'
import { type PadAxis, type PadParams, padP } from '../../../src/ops/movement/pad.js'
import { type SliceParams, sliceP } from '../../../src/ops/movement/slice.js'
import { elementAt, type Plain, tabulate } from '../plain.js'
import { anyOf, reals, wholes } from './elements.js'
import { allDTypes, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Row } from './row.js'
import { shapes } from './shapes.js'

type Elements = fc.Arbitrary<number>

const paddedSize = (size: number, [low, high, interior]: PadAxis): number =>
  size + Math.max(0, size - 1) * interior + low + high

const padAxis = (size: number): fc.Arbitrary<PadAxis> =>
  fc
    .tuple(wholes(-2, 2), wholes(-2, 2), fc.constantFrom(0, 0, 1, 2))
    .filter((axis) => paddedSize(size, axis) >= 0)

const padForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<PadParams>> =>
  shapes().chain((shape) =>
    fc.tuple(...shape.map(padAxis)).map((config) => ({
      params: { config },
      operands: [
        { dtype, shape, elements },
        { dtype, shape: [], elements },
      ],
    })),
  )

const padRow: Row<PadParams> = {
  primitive: padP,
  dtypes: allDTypes,
  forms: (dtype) => padForms(dtype, anyOf(dtype)),
  oracle: ([x, value], { config }) => [
    tabulate(
      x.dtype,
      x.shape.map((d, i) => paddedSize(d, config[i])),
      (p) => {
        const places = p.map((at, i) => (at - config[i][0]) / (config[i][2] + 1))
        const inside = places.every((at, i) => Number.isInteger(at) && at >= 0 && at < x.shape[i])
        return inside ? elementAt(x, places) : value.data[0]
      },
    ),
  ],
  ulps: rounded,
  smooth: { forms: padForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const sliceAxis = (size: number): fc.Arbitrary<readonly [number, number, number]> =>
  fc
    .tuple(wholes(0, size), wholes(0, size), wholes(1, 3))
    .map(([a, b, stride]) => [Math.min(a, b), Math.max(a, b), stride])

const sliceForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<SliceParams>> =>
  fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }).chain((shape) =>
    fc.tuple(...shape.map(sliceAxis)).map((axes) => ({
      params: { start: axes.map((a) => a[0]), limit: axes.map((a) => a[1]), strides: axes.map((a) => a[2]) },
      operands: [{ dtype, shape, elements }],
    })),
  )

const sliceRow: Row<SliceParams> = {
  primitive: sliceP,
  dtypes: allDTypes,
  forms: (dtype) => sliceForms(dtype, anyOf(dtype)),
  oracle: ([x], { start, limit, strides }) => {
    const picked = start.map((s, i) => {
      const places: number[] = []
      for (let at = s; at < limit[i]; at += strides[i]) places.push(at)
      return places
    })
    return [
      tabulate(
        x.dtype,
        picked.map((places) => places.length),
        (p) =>
          elementAt(
            x,
            p.map((k, i) => picked[i][k]),
          ),
      ),
    ]
  },
  ulps: rounded,
  smooth: { forms: sliceForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

/** A shape and a smaller one of the same rank. */
const windowed: fc.Arbitrary<readonly [Shape, Shape]> = fc
  .array(fc.tuple(wholes(1, 4), wholes(0, 4)), { maxLength: 3 })
  .map((axes) => [axes.map(([d]) => d), axes.map(([d, n]) => Math.min(d, n))])

/** Starts, some of them outside. */
const startsFor = (shape: Shape): Form<NoParams>['operands'] =>
  shape.map((d) => ({ dtype: 'int32', shape: [], elements: wholes(-2, d + 2) }))

const fitted = (start: number, size: number, window: number): number =>
  Math.max(0, Math.min(start, size - window))

const dynamicSliceForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<DynamicSliceParams>> =>
  windowed.map(([shape, sizes]) => ({
    params: { sizes },
    operands: [{ dtype, shape, elements }, ...startsFor(shape)],
  }))

const beginning = (x: Plain, starts: readonly Plain[], sizes: Shape): readonly number[] =>
  starts.map((s, i) => fitted(s.data[0], x.shape[i], sizes[i]))

const dynamicSliceRow: Row<DynamicSliceParams> = {
  primitive: dynamicSliceP,
  dtypes: allDTypes,
  forms: (dtype) => dynamicSliceForms(dtype, anyOf(dtype)),
  oracle: ([x, ...starts], { sizes }) => {
    const from = beginning(x, starts, sizes)
    return [
      tabulate(x.dtype, sizes, (p) =>
        elementAt(
          x,
          p.map((k, i) => from[i] + k),
        ),
      ),
    ]
  },
  ulps: rounded,
  smooth: { forms: dynamicSliceForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const updateForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<NoParams>> =>
  windowed.map(([shape, sizes]) => ({
    params: {},
    operands: [{ dtype, shape, elements }, { dtype, shape: sizes, elements }, ...startsFor(shape)],
  }))

const dynamicUpdateSliceRow: Row<NoParams> = {
  primitive: dynamicUpdateSliceP,
  dtypes: allDTypes,
  forms: (dtype) => updateForms(dtype, anyOf(dtype)),
  oracle: ([x, update, ...starts]) => {
    const from = beginning(x, starts, update.shape)
    return [
      tabulate(x.dtype, x.shape, (p) => {
        const places = p.map((k, i) => k - from[i])
        const inside = places.every((k, i) => k >= 0 && k < update.shape[i])
        return inside ? elementAt(update, places) : elementAt(x, p)
      }),
    ]
  },
  ulps: rounded,
  smooth: { forms: updateForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const windows: readonly Row[] = [padRow, sliceRow, dynamicSliceRow, dynamicUpdateSliceRow]
