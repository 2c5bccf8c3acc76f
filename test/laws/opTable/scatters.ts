import * as fc from 'fast-check'
import type { Primitive } from '../../../src/graph/primitive.js'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, isFloat, storedValue } from '../../../src/ir/dtype.js'
import type { GatherParams } from '../../../src/ops/indexing/gather.js'
import { scatterAddP } from '../../../src/ops/indexing/scatterAdd.js'
import { scatterMaxP, scatterMinP } from '../../../src/ops/indexing/scatterExtremum.js'
import { scatterMulP } from '../../../src/ops/indexing/scatterMul.js'
import { scatterSetP } from '../../../src/ops/indexing/scatterSet.js'
import { elementAt, offsetOf, positions } from '../plain.js'
import { anyOf, reals, smallOf, wholes } from './elements.js'
import { allDTypes, numeric, rounded } from './elementwise.js'
import { type Indexed, indexed, indexInto, positionIn } from './indexing.js'
import { notElementwise } from './movement.js'
import type { Case, Form, Row, Ulps } from './row.js'

type Elements = fc.Arbitrary<number>

const keptSizes = ({ shape, axes }: Indexed): Shape => shape.filter((_, i) => !axes.includes(i))

const forms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<GatherParams>> =>
  indexed.map((form) => ({
    params: { axes: form.axes },
    operands: [
      { dtype, shape: form.shape, elements },
      ...form.axes.map((a) => indexInto(form.shape[a], form.places)),
      { dtype, shape: [...form.places, ...keptSizes(form)], elements },
    ],
  }))

/** The writes in their order: where each goes in x, and what is written; none outside. */
const writes = (
  operands: Case['operands'],
  axes: readonly number[],
): readonly (readonly [number, number])[] => {
  const x = operands[0]
  const indices = operands.slice(1, -1)
  const updates = operands[operands.length - 1]
  const places = indices[0].shape.length
  return positions(updates.shape).flatMap((p) => {
    const index = indices.map((ix) => elementAt(ix, p.slice(0, places)))
    if (!index.every((k, j) => k >= 0 && k < x.shape[axes[j]])) return []
    return [
      [offsetOf(x.shape, positionIn(x.shape.length, axes, index, p.slice(places))), elementAt(updates, p)],
    ]
  })
}

const row = (
  primitive: Primitive<GatherParams>,
  dtypes: readonly DType[],
  elements: (dtype: DType) => Elements,
  join: (dtype: DType) => (a: number, b: number) => number,
  ulps: Ulps,
  smooth: Row<GatherParams>['smooth'],
  scaled = false,
): Row<GatherParams> => ({
  primitive,
  dtypes,
  forms: (dtype) => forms(dtype, elements(dtype)),
  oracle: (operands, { axes }) => {
    const x = operands[0]
    const data = [...x.data]
    const scale = x.data.map(Math.abs)
    for (const [at, update] of writes(operands, axes)) {
      data[at] = join(x.dtype)(data[at], update)
      scale[at] += Math.abs(update)
    }
    const want = { ...x, data: data.map((v) => storedValue(x.dtype, v)) }
    return [scaled ? { ...want, scale } : want]
  },
  ulps,
  smooth,
  edges: () => notElementwise,
  exceptions: {},
})

/** Within the dtype's range: sums and products of integers wrap. */
const wrapping = (dtype: DType, f: (a: number, b: number) => number) => (a: number, b: number) =>
  isFloat(dtype) ? f(a, b) : storedValue(dtype, f(a, b))

const many: Ulps = { float32: 8, float64: 8, why: 'as many roundings as writes to a place' }

const withNaN = (dtype: DType): Elements =>
  isFloat(dtype)
    ? fc.oneof({ weight: 10, arbitrary: anyOf(dtype) }, { weight: 1, arbitrary: fc.constant(Number.NaN) })
    : anyOf(dtype)

/** Whether the elements that meet at a place differ by more than differences reach. */
const apart = ({ params, operands }: Case<GatherParams>): boolean => {
  const met = operands[0].data.map((x) => [x])
  for (const [at, update] of writes(operands, params.axes)) met[at].push(update)
  return met.every((xs) => xs.sort((a, b) => a - b).every((x, i) => i === 0 || x - xs[i - 1] > 2 ** -6))
}

const smoothForms = forms('float64', reals(-3, 3))
const apartSmooth = { forms: smoothForms, where: apart }

export const scatters: readonly Row[] = [
  row(
    scatterAddP,
    numeric,
    smallOf,
    (dtype) => wrapping(dtype, (a, b) => a + b),
    { float32: 16, float64: 16, why: 'sums of up to nine terms, relative to the sum of magnitudes' },
    { forms: smoothForms },
    true,
  ),
  row(scatterSetP, allDTypes, anyOf, () => (_, update) => update, rounded, { forms: smoothForms }),
  row(
    scatterMulP,
    numeric,
    (dtype) => (isFloat(dtype) ? fc.oneof(wholes(-2, 2), reals(-2, 2)) : smallOf(dtype)),
    (dtype) => wrapping(dtype, (a, b) => a * b),
    many,
    { forms: forms('float64', fc.oneof(wholes(-2, 2), reals(-2, 2))) },
  ),
  row(scatterMaxP, numeric, withNaN, () => Math.max, rounded, apartSmooth),
  row(scatterMinP, numeric, withNaN, () => Math.min, rounded, apartSmooth),
]
