import * as fc from 'fast-check'
import type { Primitive } from '../../../src/graph/primitive.js'
import { type DType, isFloat, storedValue } from '../../../src/ir/dtype.js'
import {
  type CumulativeParams,
  cummaxP,
  cumminP,
  cumprodP,
  cumsumP,
} from '../../../src/ops/reductions/cumulative.js'
import { elementAt, type Plain, tabulate } from '../plain.js'
import { anyOf, reals, smallOf, wholes } from './elements.js'
import { numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import { allApart } from './reductions.js'
import type { Expected, Form, Row, Ulps } from './row.js'
import { oneAxis, shapes } from './shapes.js'

type Elements = fc.Arbitrary<number>

const forms = (dtype: DType, elements: Elements, maxRank = 3): fc.Arbitrary<Form<CumulativeParams>> =>
  shapes({ minRank: 1, maxRank }).chain((shape) =>
    fc
      .record({ axis: oneAxis(shape), reverse: fc.boolean() })
      .map((params) => ({ params, operands: [{ dtype, shape, elements }] })),
  )

/** At every place, a function of the elements from the start (or end) of the axis to there. */
const running = (
  x: Plain,
  { axis, reverse }: CumulativeParams,
  f: (xs: readonly number[]) => number,
): Plain =>
  tabulate(x.dtype, x.shape, (p) => {
    const steps = reverse ? x.shape[axis] - p[axis] : p[axis] + 1
    const seen = Array.from({ length: steps }, (_, k) =>
      elementAt(
        x,
        p.map((at, i) => (i === axis ? (reverse ? x.shape[axis] - 1 - k : k) : at)),
      ),
    )
    return f(seen)
  })

const stored = (x: Plain): Plain => ({ ...x, data: x.data.map((v) => storedValue(x.dtype, v)) })

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)

const product =
  (dtype: DType) =>
  (xs: readonly number[]): number =>
    isFloat(dtype)
      ? xs.reduce((a, b) => a * b, 1)
      : storedValue(
          dtype,
          xs.reduce((a, b) => Math.imul(a, b), 1),
        )

const many: Ulps = { float32: 8, float64: 8, why: 'as many roundings as elements' }

const row = (
  primitive: Primitive<CumulativeParams>,
  elements: (dtype: DType) => Elements,
  oracle: (x: Plain, params: CumulativeParams) => Expected,
  ulps: Ulps,
  smooth: Row<CumulativeParams>['smooth'],
): Row<CumulativeParams> => ({
  primitive,
  dtypes: numeric,
  forms: (dtype) => forms(dtype, elements(dtype)),
  oracle: ([x], params) => [oracle(x, params)],
  ulps,
  smooth,
  edges: () => notElementwise,
  exceptions: {},
})

const ordered = (dtype: DType): Elements =>
  isFloat(dtype)
    ? fc.oneof({ weight: 10, arbitrary: anyOf(dtype) }, { weight: 1, arbitrary: fc.constant(Number.NaN) })
    : anyOf(dtype)

const apart = { forms: forms('float64', reals(-3, 3), 2), where: allApart }

export const cumulative: readonly Row[] = [
  row(
    cumsumP,
    smallOf,
    (x, p) => ({
      ...stored(running(x, p, total)),
      scale: running(x, p, (xs) => total(xs.map(Math.abs))).data,
    }),
    many,
    { forms: forms('float64', reals(-3, 3)) },
  ),
  row(
    cumprodP,
    (dtype) => (isFloat(dtype) ? fc.oneof(wholes(-2, 2), reals(-2, 2)) : anyOf(dtype)),
    (x, p) => stored(running(x, p, product(x.dtype))),
    many,
    { forms: forms('float64', fc.oneof(wholes(-2, 2), reals(-2, 2))) },
  ),
  row(cummaxP, ordered, (x, p) => running(x, p, (xs) => Math.max(...xs)), rounded, apart),
  row(cumminP, ordered, (x, p) => running(x, p, (xs) => Math.min(...xs)), rounded, apart),
]
