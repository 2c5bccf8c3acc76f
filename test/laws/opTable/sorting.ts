import * as fc from 'fast-check'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, isFloat } from '../../../src/ir/dtype.js'
import { type SortParams, sortP } from '../../../src/ops/indexing/sort.js'
import { type TopKParams, topKP } from '../../../src/ops/indexing/topK.js'
import { elementAt, type Plain, tabulate } from '../plain.js'
import { anyOf, reals, wholes } from './elements.js'
import { allDTypes, numeric, rounded } from './elementwise.js'
import type { Case, Form, Row } from './row.js'
import { oneAxis, shapes } from './shapes.js'

type Elements = fc.Arbitrary<number>

/** Ties, zeros of both signs and NaN among the numbers. */
const unordered = (dtype: DType): Elements =>
  isFloat(dtype)
    ? fc.oneof(
        { weight: 6, arbitrary: anyOf(dtype) },
        { weight: 2, arbitrary: wholes(-1, 1) },
        { weight: 2, arbitrary: fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity) },
      )
    : anyOf(dtype)

/** Mostly short axes, and one long enough to be merged of runs. */
const sizes = fc.oneof(
  { weight: 6, arbitrary: shapes({ minRank: 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 40 }).map((n): Shape => [n]) },
)

const sortForms = (dtype: DType, elements: Elements, carried: DType): fc.Arbitrary<Form<SortParams>> =>
  sizes.chain((shape) =>
    fc
      .record({ axis: oneAxis(shape), count: fc.integer({ min: 1, max: 3 }), least: fc.nat(2) })
      .map(({ axis, count, least }) => ({
        params: { axis, keys: 1 + (least % count) },
        operands: Array.from({ length: count }, (_, i) => ({
          dtype: i % 2 === 0 ? dtype : carried,
          shape,
          elements: i % 2 === 0 ? elements : anyOf(carried),
        })),
      })),
  )

/** −1, 0 or 1 as a comes before, with or after b; NaN last. */
const compare = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

const along = (position: readonly number[], axis: number, at: number): readonly number[] =>
  position.map((p, i) => (i === axis ? at : p))

/** The places along the axis in sorted order, for the line through a position. */
const orderAt = (keys: readonly Plain[], axis: number, position: readonly number[]): readonly number[] =>
  Array.from({ length: keys[0].shape[axis] }, (_, i) => i).sort((i, j) =>
    keys.reduce(
      (found, key) =>
        found === 0
          ? compare(elementAt(key, along(position, axis, i)), elementAt(key, along(position, axis, j)))
          : found,
      0,
    ),
  )

/** Whether no two numbers are closer than differences reach. */
const apart = (xs: readonly number[]): boolean =>
  [...xs].sort((a, b) => a - b).every((x, i, all) => i === 0 || x - all[i - 1] > 2 ** -6)

/** Each operand that is compared has elements that are apart. */
const keysApart = ({ params, operands }: Case<SortParams>): boolean =>
  operands.slice(0, params.keys).every(({ dtype, data }) => !isFloat(dtype) || apart(data))

const sortRow: Row<SortParams> = {
  primitive: sortP,
  dtypes: allDTypes,
  forms: (dtype) => sortForms(dtype, unordered(dtype), 'int32'),
  oracle: (operands, { axis, keys }) =>
    operands.map((x) =>
      tabulate(x.dtype, x.shape, (p) =>
        elementAt(x, along(p, axis, orderAt(operands.slice(0, keys), axis, p)[p[axis]])),
      ),
    ),
  ulps: rounded,
  smooth: { forms: sortForms('float64', reals(-3, 3), 'float64'), where: keysApart },
  edges: (dtype) => sortForms(dtype, unordered(dtype), 'bool'),
  exceptions: {},
}

const topKForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<TopKParams>> =>
  sizes.chain((shape) =>
    fc.nat(shape[shape.length - 1]).map((k) => ({ params: { k }, operands: [{ dtype, shape, elements }] })),
  )

const topKRow: Row<TopKParams> = {
  primitive: topKP,
  dtypes: numeric,
  forms: (dtype) => topKForms(dtype, unordered(dtype)),
  oracle: ([x], { k }) => {
    const n = x.shape[x.shape.length - 1]
    const shape = [...x.shape.slice(0, -1), k]
    /** The position whose element is beaten by as many others as `rank` says. */
    const ranked = (lead: readonly number[], rank: number): number =>
      Array.from({ length: n }, (_, i) => i).findIndex((i) => {
        const own = elementAt(x, [...lead, i])
        const ahead = Array.from({ length: n }, (_, j) => {
          const order = compare(elementAt(x, [...lead, j]), own)
          return order > 0 || (order === 0 && j < i)
        })
        return ahead.filter(Boolean).length === rank
      })
    const at = (p: readonly number[]) => ranked(p.slice(0, -1), p[p.length - 1])
    return [
      tabulate(x.dtype, shape, (p) => elementAt(x, [...p.slice(0, -1), at(p)])),
      tabulate('int32', shape, at),
    ]
  },
  ulps: rounded,
  smooth: {
    forms: topKForms('float64', reals(-3, 3)),
    where: ({ operands }) => apart(operands[0].data),
  },
  edges: (dtype) => topKForms(dtype, unordered(dtype)),
  exceptions: {},
}

export const sorting: readonly Row[] = [sortRow, topKRow]
