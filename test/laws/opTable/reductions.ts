import * as fc from 'fast-check'
import type { Primitive } from '../../../src/graph/primitive.js'
import type { DType } from '../../../src/ir/dtype.js'
import { isFloat, storedValue } from '../../../src/ir/dtype.js'
import { type ArgExtremumParams, argmaxP, argminP } from '../../../src/ops/reductions/argExtremum.js'
import { reduceMaxP, reduceMinP } from '../../../src/ops/reductions/reduceExtremum.js'
import { reduceAndP, reduceOrP } from '../../../src/ops/reductions/reduceLogical.js'
import { reduceProdP } from '../../../src/ops/reductions/reduceProd.js'
import { type ReduceParams, reduceSumP } from '../../../src/ops/reductions/reduceSum.js'
import { elementAt, type Plain, positions } from '../plain.js'
import { anyOf, reals, smallOf, wholes } from './elements.js'
import { logical, notAFloat, numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Case, Expected, Form, Row, Ulps } from './row.js'
import { oneAxis, shapes, someAxes } from './shapes.js'

type Elements = fc.Arbitrary<number>

const reduceForms = (dtype: DType, elements: Elements, maxRank = 3): fc.Arbitrary<Form<ReduceParams>> =>
  shapes({ minRank: 1, maxRank }).chain((shape) =>
    someAxes(shape.length).map((axes) => ({ params: { axes }, operands: [{ dtype, shape, elements }] })),
  )

/** For every position on the other axes, the elements along `axes`, in row-major order. */
const groups = (x: Plain, axes: readonly number[]) => {
  const kept = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]))
  const ordered = [...axes].sort((a, b) => a - b)
  const shape = kept.map((i) => x.shape[i])
  const inner = positions(ordered.map((i) => x.shape[i]))
  const members = positions(shape).map((p) =>
    inner.map((q) =>
      elementAt(
        x,
        x.shape.map((_, i) => (kept.includes(i) ? p[kept.indexOf(i)] : q[ordered.indexOf(i)])),
      ),
    ),
  )
  return { shape, members }
}

/** Reduces with a function of all elements; `scale`: what errors are measured by. */
const reduced = (
  x: Plain,
  axes: readonly number[],
  f: (xs: readonly number[]) => number,
  scale?: (xs: readonly number[]) => number,
  dtype: DType = x.dtype,
): Expected => {
  const { shape, members } = groups(x, axes)
  return {
    dtype,
    shape,
    data: members.map((xs) => storedValue(dtype, f(xs))),
    ...(scale === undefined ? {} : { scale: members.map(scale) }),
  }
}

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)

const magnitude = (xs: readonly number[]): number => total(xs.map(Math.abs))

const product = (dtype: DType, xs: readonly number[]): number => {
  if (isFloat(dtype)) return xs.reduce((a, b) => a * b, 1)
  const exact = xs.reduce((a, b) => a * BigInt(b), 1n)
  return Number(dtype === 'int32' ? BigInt.asIntN(32, exact) : BigInt.asUintN(32, exact))
}

/** Over nothing, what no element is beyond. */
const ends: { readonly [d in DType]?: readonly [number, number] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

const many: Ulps = { float32: 32, float64: 32, why: 'as many roundings as elements, in another order' }

/** With ties, infinities and NaN. */
const unordered = (dtype: DType): Elements =>
  isFloat(dtype)
    ? fc.oneof(
        { weight: 8, arbitrary: anyOf(dtype) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
      )
    : anyOf(dtype)

/** No two elements so near that a difference could exchange them. */
export const allApart = ({ operands: [{ data }] }: Case): boolean => {
  const sorted = [...data].sort((a, b) => a - b)
  return sorted.every((x, i) => i === 0 || x - sorted[i - 1] > 0.02)
}

/** An extremum over nothing has no derivative to speak of: shapes have elements along the reduced axes. */
const extremumSmooth = {
  forms: reduceForms('float64', reals(-3, 3), 2).filter(({ operands }) => !operands[0].shape.includes(0)),
  where: allApart,
}

const extremum = (
  primitive: Primitive<ReduceParams>,
  f: (...xs: number[]) => number,
  end: 0 | 1,
): Row<ReduceParams> => ({
  primitive,
  dtypes: numeric,
  forms: (dtype) => reduceForms(dtype, unordered(dtype)),
  oracle: ([x], { axes }) => [
    reduced(x, axes, (xs) => (xs.length === 0 ? (ends[x.dtype]?.[end] ?? f()) : f(...xs))),
  ],
  ulps: rounded,
  smooth: extremumSmooth,
  edges: () => notElementwise,
  exceptions: {},
})

const bitReduction = (
  primitive: Primitive<ReduceParams>,
  f: (a: number, b: number) => number,
  start: number,
): Row<ReduceParams> => ({
  primitive,
  dtypes: logical,
  forms: (dtype) => reduceForms(dtype, anyOf(dtype)),
  oracle: ([x], { axes }) => {
    const full = x.dtype === 'bool' ? start & 1 : start
    return [reduced(x, axes, (xs) => (x.dtype === 'uint32' ? xs.reduce(f, full) >>> 0 : xs.reduce(f, full)))]
  },
  ulps: rounded,
  smooth: notAFloat,
  edges: () => notElementwise,
  exceptions: {},
})

/** The first of the best; NaN is better than everything. */
const firstBest = (xs: readonly number[], better: (a: number, b: number) => boolean): number => {
  const nan = xs.findIndex(Number.isNaN)
  return nan >= 0 ? nan : xs.reduce((best, x, i) => (better(x, xs[best]) ? i : best), 0)
}

const argExtremum = (
  primitive: Primitive<ArgExtremumParams>,
  better: (a: number, b: number) => boolean,
): Row<ArgExtremumParams> => ({
  primitive,
  dtypes: numeric,
  forms: (dtype) =>
    shapes({ minRank: 1 }).chain((shape) =>
      oneAxis(shape).map((axis) => ({
        params: { axis },
        operands: [
          { dtype, shape: shape.map((d, i) => (i === axis ? d + 1 : d)), elements: unordered(dtype) },
        ],
      })),
    ),
  oracle: ([x], { axis }) => [reduced(x, [axis], (xs) => firstBest(xs, better), undefined, 'int32')],
  ulps: rounded,
  smooth: notAFloat,
  edges: () => notElementwise,
  exceptions: {},
})

/** Small numbers, zeros among them: the derivative of a product has to hold there too. */
const factors = fc.oneof(wholes(-2, 2), reals(-2, 2))

export const reductions: readonly Row[] = [
  {
    primitive: reduceSumP,
    dtypes: numeric,
    forms: (dtype) => reduceForms(dtype, smallOf(dtype)),
    oracle: ([x], { axes }) => [reduced(x, axes, total, magnitude)],
    ulps: { ...many, why: 'as many roundings as elements, relative to the sum of magnitudes' },
    smooth: { forms: reduceForms('float64', reals(-3, 3)) },
    edges: () => notElementwise,
    exceptions: {},
  } satisfies Row<ReduceParams>,
  {
    primitive: reduceProdP,
    dtypes: numeric,
    forms: (dtype) => reduceForms(dtype, isFloat(dtype) ? factors : anyOf(dtype)),
    oracle: ([x], { axes }) => [reduced(x, axes, (xs) => product(x.dtype, xs))],
    ulps: many,
    smooth: { forms: reduceForms('float64', factors) },
    edges: () => notElementwise,
    exceptions: {},
  } satisfies Row<ReduceParams>,
  extremum(reduceMaxP, Math.max, 0),
  extremum(reduceMinP, Math.min, 1),
  bitReduction(reduceAndP, (a, b) => a & b, -1),
  bitReduction(reduceOrP, (a, b) => a | b, 0),
  argExtremum(argmaxP, (a, b) => a > b),
  argExtremum(argminP, (a, b) => a < b),
]
