import * as fc from 'fast-check'
import type { Shape } from '../../../src/graph/aval.js'
import { type DType, isFloat, storedValue } from '../../../src/graph/dtype.js'
import { type GatherParams, gatherP } from '../../../src/ops/gather.js'
import { scatterAddP } from '../../../src/ops/scatterAdd.js'
import { elementAt, offsetOf, positions, tabulate } from '../plain.js'
import { anyOf, reals, smallOf, wholes } from './elements.js'
import { allDTypes, numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Operand, Row } from './row.js'
import { shapes, someAxes } from './shapes.js'

type Elements = fc.Arbitrary<number>

/** Positions on an axis, some of them outside on either side. */
const indexInto = (size: number, shape: Shape): Operand => ({
  dtype: 'int32',
  shape,
  elements: fc.oneof(
    { weight: 4, arbitrary: wholes(0, size - 1) },
    { weight: 1, arbitrary: wholes(-2, size + 1) },
  ),
})

type Indexed = { readonly shape: Shape; readonly axes: readonly number[]; readonly places: Shape }

const indexed: fc.Arbitrary<Indexed> = shapes({ minRank: 1, nonempty: true }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), axes: someAxes(shape.length), places: shapes({ maxRank: 2 }) }),
)

const keptSizes = ({ shape, axes }: Indexed): Shape => shape.filter((_, i) => !axes.includes(i))

const gatherForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<GatherParams>> =>
  indexed.map(({ shape, axes, places }) => ({
    params: { axes },
    operands: [{ dtype, shape, elements }, ...axes.map((a) => indexInto(shape[a], places))],
  }))

/** The position in x for a place among the indices and one among the other axes. */
const positionIn = (
  rank: number,
  axes: readonly number[],
  index: readonly number[],
  rest: readonly number[],
): readonly number[] => {
  let next = 0
  return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? index[axes.indexOf(i)] : rest[next++]))
}

const gatherRow: Row<GatherParams> = {
  primitive: gatherP,
  dtypes: allDTypes,
  forms: (dtype) => gatherForms(dtype, anyOf(dtype)),
  oracle: ([x, ...indices], { axes }) => {
    const places = indices[0].shape
    const rest = x.shape.filter((_, i) => !axes.includes(i))
    return [
      tabulate(x.dtype, [...places, ...rest], (p) => {
        const at = p.slice(0, places.length)
        const index = indices.map((ix, k) => Math.max(0, Math.min(x.shape[axes[k]] - 1, elementAt(ix, at))))
        return elementAt(x, positionIn(x.shape.length, axes, index, p.slice(places.length)))
      }),
    ]
  },
  ulps: rounded,
  smooth: { forms: gatherForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const scatterForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<GatherParams>> =>
  indexed.map((form) => ({
    params: { axes: form.axes },
    operands: [
      { dtype, shape: form.shape, elements },
      ...form.axes.map((a) => indexInto(form.shape[a], form.places)),
      { dtype, shape: [...form.places, ...keptSizes(form)], elements },
    ],
  }))

const scatterAddRow: Row<GatherParams> = {
  primitive: scatterAddP,
  dtypes: numeric,
  forms: (dtype) => scatterForms(dtype, smallOf(dtype)),
  oracle: (operands, { axes }) => {
    const x = operands[0]
    const indices = operands.slice(1, -1)
    const updates = operands[operands.length - 1]
    const places = indices[0].shape
    const data = [...x.data]
    const scale = x.data.map(Math.abs)
    for (const p of positions(updates.shape)) {
      const index = indices.map((ix) => elementAt(ix, p.slice(0, places.length)))
      if (!index.every((k, j) => k >= 0 && k < x.shape[axes[j]])) continue
      const at = offsetOf(x.shape, positionIn(x.shape.length, axes, index, p.slice(places.length)))
      const term = elementAt(updates, p)
      data[at] = isFloat(x.dtype) ? data[at] + term : storedValue(x.dtype, data[at] + term)
      scale[at] += Math.abs(term)
    }
    return [{ ...x, data: data.map((v) => storedValue(x.dtype, v)), scale }]
  },
  ulps: { float32: 16, float64: 16, why: 'sums of up to nine terms, relative to the sum of magnitudes' },
  smooth: { forms: scatterForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const indexing: readonly Row[] = [gatherRow, scatterAddRow]
