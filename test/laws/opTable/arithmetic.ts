import * as fc from 'fast-check'
import { type DType, isFloat } from '../../../src/ir/dtype.js'
import { absP, signP } from '../../../src/ops/elementwise/abs.js'
import { addP, divP, mulP, negP, remP, subP } from '../../../src/ops/elementwise/arithmetic.js'
import { clampP } from '../../../src/ops/elementwise/clamp.js'
import { type IntegerPowParams, integerPowP } from '../../../src/ops/elementwise/integerPow.js'
import { maxP, minP } from '../../../src/ops/elementwise/maximum.js'
import { powP } from '../../../src/ops/elementwise/pow.js'
import { reluP } from '../../../src/ops/elementwise/relu.js'
import { squareP } from '../../../src/ops/elementwise/square.js'
import { anyOf, edgesOf, reals, wholes } from './elements.js'
import { elementwiseRow, floats, numeric } from './elementwise.js'
import type { Row } from './row.js'

const anything = (dtype: DType) => [anyOf(dtype)]

/** Integers modulo 2³²: the exact product of two can need 64 bits. */
const wrapped = (dtype: DType, x: bigint): number =>
  Number(dtype === 'int32' ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x))

const inIntegers = (dtype: DType, xs: readonly number[], f: (...xs: bigint[]) => bigint): number =>
  wrapped(dtype, f(...xs.map(BigInt)))

/** Division by zero gives all bits set, as in XLA. */
const quotient = (dtype: DType, [x, y]: readonly number[]): number =>
  isFloat(dtype) ? x / y : y === 0 ? wrapped(dtype, -1n) : inIntegers(dtype, [x, y], (a, b) => a / b)

const remainder = (dtype: DType, [x, y]: readonly number[]): number =>
  isFloat(dtype) ? x % y : y === 0 ? x : inIntegers(dtype, [x, y], (a, b) => a % b)

/** IEEE 754: 1 to anything is 1, and so is −1 to ±∞. */
const power = ([x, y]: readonly number[]): number =>
  x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y

const repeatedProduct = (dtype: DType, x: number, n: number): number => {
  if (!isFloat(dtype)) return inIntegers(dtype, [x], (a) => a ** BigInt(n))
  let product = 1
  for (let i = 0; i < Math.abs(n); i++) product *= x
  return n < 0 ? 1 / product : product
}

const apart = ([x, y]: readonly number[]): boolean => Math.abs(x - y) > 0.02

export const arithmetic: readonly Row[] = [
  elementwiseRow({
    primitive: addP,
    count: 2,
    dtypes: numeric,
    scalar: ([x, y], d) => (isFloat(d) ? x + y : inIntegers(d, [x, y], (a, b) => a + b)),
    elements: anything,
    smooth: { elements: [reals(-3, 3)] },
  }),
  elementwiseRow({
    primitive: subP,
    count: 2,
    dtypes: numeric,
    scalar: ([x, y], d) => (isFloat(d) ? x - y : inIntegers(d, [x, y], (a, b) => a - b)),
    elements: anything,
    smooth: { elements: [reals(-3, 3)] },
  }),
  elementwiseRow({
    primitive: mulP,
    count: 2,
    dtypes: numeric,
    scalar: ([x, y], d) => (isFloat(d) ? x * y : inIntegers(d, [x, y], (a, b) => a * b)),
    elements: anything,
    smooth: { elements: [reals(-3, 3)] },
  }),
  elementwiseRow({
    primitive: negP,
    count: 1,
    dtypes: numeric,
    scalar: ([x], d) => (isFloat(d) ? -x : inIntegers(d, [x], (a) => -a)),
    elements: anything,
    smooth: { elements: [reals(-3, 3)] },
  }),
  elementwiseRow({
    primitive: divP,
    count: 2,
    dtypes: numeric,
    scalar: (xs, d) => quotient(d, xs),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: ([, y]) => Math.abs(y) > 0.5 },
  }),
  elementwiseRow({
    primitive: remP,
    count: 2,
    dtypes: numeric,
    scalar: (xs, d) => remainder(d, xs),
    elements: anything,
    smooth: {
      elements: [reals(-5, 5), reals(-3, 3)],
      where: ([x, y]) => Math.abs(y) > 0.5 && Math.abs(x / y - Math.round(x / y)) > 0.05,
    },
  }),
  elementwiseRow({
    primitive: absP,
    count: 1,
    dtypes: numeric,
    scalar: ([x], d) => (isFloat(d) ? Math.abs(x) : inIntegers(d, [x], (a) => (a < 0n ? -a : a))),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: ([x]) => Math.abs(x) > 0.01 },
  }),
  elementwiseRow({
    primitive: reluP,
    count: 1,
    dtypes: numeric,
    scalar: ([x]) => (x <= 0 ? 0 : x),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: ([x]) => Math.abs(x) > 0.01 },
  }),
  elementwiseRow({
    primitive: signP,
    count: 1,
    dtypes: numeric,
    scalar: ([x]) => (x > 0 ? 1 : x < 0 ? -1 : x),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: ([x]) => Math.abs(x) > 0.01 },
  }),
  elementwiseRow({
    primitive: squareP,
    count: 1,
    dtypes: numeric,
    scalar: ([x], d) => (isFloat(d) ? x * x : inIntegers(d, [x], (a) => a * a)),
    elements: anything,
    smooth: { elements: [reals(-3, 3)] },
  }),
  elementwiseRow<IntegerPowParams>({
    primitive: integerPowP,
    count: 1,
    dtypes: numeric,
    scalar: ([x], d, { n }) => repeatedProduct(d, x, n),
    params: (dtype) => fc.record({ n: isFloat(dtype) ? wholes(-4, 7) : wholes(0, 7) }),
    elements: (dtype) => [isFloat(dtype) ? reals(-3, 3) : anyOf(dtype)],
    ulps: { float32: 8, float64: 8, why: 'up to seven roundings in another order' },
    smooth: { elements: [reals(0.5, 2)] },
  }),
  elementwiseRow({
    primitive: powP,
    count: 2,
    dtypes: floats,
    scalar: power,
    elements: () => [reals(0, 4), reals(-3, 3)],
    smooth: { elements: [reals(0.3, 3), reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: maxP,
    count: 2,
    dtypes: numeric,
    scalar: ([x, y]) => Math.max(x, y),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: apart },
  }),
  elementwiseRow({
    primitive: minP,
    count: 2,
    dtypes: numeric,
    scalar: ([x, y]) => Math.min(x, y),
    elements: anything,
    smooth: { elements: [reals(-3, 3)], where: apart },
  }),
  elementwiseRow({
    primitive: clampP,
    count: 3,
    dtypes: numeric,
    scalar: ([low, x, high]) => Math.min(Math.max(x, low), high),
    elements: anything,
    edges: (dtype) => [edgesOf(dtype)],
    smooth: {
      elements: [reals(-3, 1), reals(-4, 4), reals(-1, 3)],
      where: ([low, x, high]) => apart([low, x]) && apart([x, high]) && apart([low, high]),
    },
  }),
]
