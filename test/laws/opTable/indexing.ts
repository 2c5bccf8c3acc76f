import * as fc from 'fast-check'
import type { Shape } from '../../../src/ir/aval.js'
import type { DType } from '../../../src/ir/dtype.js'
import { type GatherParams, gatherP } from '../../../src/ops/indexing/gather.js'
import { elementAt, tabulate } from '../plain.js'
import { anyOf, reals, wholes } from './elements.js'
import { allDTypes, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Operand, Row } from './row.js'
import { shapes, someAxes } from './shapes.js'

type Elements = fc.Arbitrary<number>

/** Positions on an axis, some of them outside on either side. */
export const indexInto = (size: number, shape: Shape): Operand => ({
  dtype: 'int32',
  shape,
  elements: fc.oneof(
    { weight: 4, arbitrary: wholes(0, size - 1) },
    { weight: 1, arbitrary: wholes(-2, size + 1) },
  ),
})

export type Indexed = { readonly shape: Shape; readonly axes: readonly number[]; readonly places: Shape }

export const indexed: fc.Arbitrary<Indexed> = shapes({ minRank: 1, nonempty: true }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), axes: someAxes(shape.length), places: shapes({ maxRank: 2 }) }),
)

const gatherForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<GatherParams>> =>
  indexed.map(({ shape, axes, places }) => ({
    params: { axes },
    operands: [{ dtype, shape, elements }, ...axes.map((a) => indexInto(shape[a], places))],
  }))

/** The position in x for a place among the indices and one among the other axes. */
export const positionIn = (
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

export const indexing: readonly Row[] = [gatherRow]
