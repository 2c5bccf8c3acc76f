import { digamma } from './special/digamma.js'
import { erf, erfc } from './special/erf.js'
import { erfInv } from './special/erfInv.js'
import { lgamma } from './special/lgamma.js'
import { polygamma } from './special/polygamma.js'

/** A scalar function of stored values: it neither takes nor gives a number that the dtype can't hold. */
export type ScalarFunction = (a: number, b: number, c: number) => number

/**
 * A scalar function, and the one place that lists it. It has a meaning on the dtypes that are given one; on floats, in
 * double precision.
 */
export type ScalarRow = {
  /** On every dtype. */
  readonly any?: ScalarFunction
  readonly float?: ScalarFunction
  /** Modulo 2³². */
  readonly int32?: ScalarFunction
  /** Modulo 2³². */
  readonly uint32?: ScalarFunction
  /** 0 and 1 as numbers modulo "anything but 0 is 1": sums are `or`, products `and`. */
  readonly bool?: ScalarFunction
  /** The dtype of its result, where that isn't its operands'. */
  readonly gives?: 'bool'
  /** Its result on float32 values is a float32 value as it stands. */
  readonly exact?: true
  /** It takes as long as an exponential, not as a multiplication. */
  readonly slow?: true
}

type Rows = Readonly<Record<string, ScalarRow>>

/** A function of floats that takes as long as an exponential. */
const slow = (float: ScalarFunction): ScalarRow => ({ float, slow: true })

/** The nearest integer, halves to the even one; keeps −0. */
const roundHalfEven = (x: number): number => {
  const magic = 2 ** 52
  if (!(Math.abs(x) < magic)) return x
  const rounded = x < 0 ? x - magic + magic : x + magic - magic
  return rounded === 0 ? x * 0 : rounded
}

/** IEEE 754's pow: JS gives NaN for 1^NaN, 1^±∞ and (−1)^±∞. */
const pow = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y

/** 1/(1+e⁻ˣ), without overflow on either side. */
const sigmoid = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** x^n mod 2³² by repeated squaring; for n < 0 the integer part of the true value, with 0 for 0^n (XLA's rule). */
const integerPow = (x: number, n: number): number => {
  if (n < 0) return x === 1 ? 1 : x === -1 ? (n & 1 ? -1 : 1) : 0
  let product = 1
  let square = x
  for (let rest = n; rest !== 0; rest >>>= 1) {
    if (rest & 1) product = Math.imul(product, square)
    square = Math.imul(square, square)
  }
  return product
}

/** Functions of one number. */
export const unary = {
  neg: { float: (x) => -x, int32: (x) => -x | 0, uint32: (x) => -x >>> 0, exact: true },
  abs: { float: (x) => Math.abs(x), int32: (x) => Math.abs(x) | 0, uint32: (x) => x, exact: true },
  sign: {
    float: (x) => Math.sign(x),
    int32: (x) => Math.sign(x),
    uint32: (x) => (x === 0 ? 0 : 1),
    exact: true,
  },
  floor: { float: (x) => Math.floor(x), exact: true },
  ceil: { float: (x) => Math.ceil(x), exact: true },
  round: { float: roundHalfEven, exact: true },
  exp: slow((x) => Math.exp(x)),
  expm1: slow((x) => Math.expm1(x)),
  log: slow((x) => Math.log(x)),
  log1p: slow((x) => Math.log1p(x)),
  sqrt: { float: (x) => Math.sqrt(x) },
  rsqrt: { float: (x) => 1 / Math.sqrt(x) },
  cbrt: slow((x) => Math.cbrt(x)),
  sin: slow((x) => Math.sin(x)),
  cos: slow((x) => Math.cos(x)),
  tan: slow((x) => Math.tan(x)),
  asin: slow((x) => Math.asin(x)),
  acos: slow((x) => Math.acos(x)),
  atan: slow((x) => Math.atan(x)),
  sinh: slow((x) => Math.sinh(x)),
  cosh: slow((x) => Math.cosh(x)),
  tanh: slow((x) => Math.tanh(x)),
  asinh: slow((x) => Math.asinh(x)),
  acosh: slow((x) => Math.acosh(x)),
  atanh: slow((x) => Math.atanh(x)),
  sigmoid: slow(sigmoid),
  // of the special functions, relative errors are a few units in the last place (see the tables they are tested against), and absolute
  // ones near the zeros of lgamma, digamma and polygamma on the negative axis
  erf: slow(erf),
  erfc: slow(erfc),
  erfInv: slow(erfInv),
  lgamma: slow(lgamma),
  digamma: slow(digamma),
  isFinite: { float: (x) => (Number.isFinite(x) ? 1 : 0), gives: 'bool' },
  not: { int32: (x) => ~x, uint32: (x) => ~x >>> 0, bool: (x) => 1 - x },
  // their meaning depends on the result's dtype as well: see `scalarOp`
  convert: {},
  bitcast: {},
} satisfies Rows

/** Comparisons of two numbers of any dtype. */
export const comparisons = {
  eq: { any: (a, b) => (a === b ? 1 : 0), gives: 'bool' },
  ne: { any: (a, b) => (a !== b ? 1 : 0), gives: 'bool' },
  lt: { any: (a, b) => (a < b ? 1 : 0), gives: 'bool' },
  le: { any: (a, b) => (a <= b ? 1 : 0), gives: 'bool' },
  gt: { any: (a, b) => (a > b ? 1 : 0), gives: 'bool' },
  ge: { any: (a, b) => (a >= b ? 1 : 0), gives: 'bool' },
} satisfies Rows

/** Functions of two numbers of one dtype. */
export const binary = {
  ...comparisons,
  add: {
    float: (a, b) => a + b,
    int32: (a, b) => (a + b) | 0,
    uint32: (a, b) => (a + b) >>> 0,
    bool: (a, b) => a | b,
  },
  sub: { float: (a, b) => a - b, int32: (a, b) => (a - b) | 0, uint32: (a, b) => (a - b) >>> 0 },
  mul: {
    float: (a, b) => a * b,
    int32: (a, b) => Math.imul(a, b),
    uint32: (a, b) => Math.imul(a, b) >>> 0,
    bool: (a, b) => a & b,
  },
  // integers truncate, and x/0 is all bits, as in XLA
  div: {
    float: (a, b) => a / b,
    int32: (a, b) => (b === 0 ? -1 : (a / b) | 0),
    uint32: (a, b) => (b === 0 ? 0xffffffff : (a / b) >>> 0),
  },
  // x rem 0 = x of integers, as in XLA
  rem: {
    float: (a, b) => a % b,
    int32: (a, b) => (b === 0 ? a : (a % b) | 0),
    uint32: (a, b) => (b === 0 ? a : a % b),
    exact: true,
  },
  pow: { float: pow, int32: integerPow, uint32: (x, n) => integerPow(x, n) >>> 0, slow: true },
  // `max(−0, 0)` is 0; NaN wins, as in JS
  max: {
    float: (a, b) => Math.max(a, b),
    int32: (a, b) => Math.max(a, b),
    uint32: (a, b) => Math.max(a, b),
    bool: (a, b) => a | b,
    exact: true,
  },
  min: {
    float: (a, b) => Math.min(a, b),
    int32: (a, b) => Math.min(a, b),
    uint32: (a, b) => Math.min(a, b),
    bool: (a, b) => a & b,
    exact: true,
  },
  atan2: slow((a, b) => Math.atan2(a, b)),
  and: { int32: (a, b) => a & b, uint32: (a, b) => (a & b) >>> 0, bool: (a, b) => a & b },
  or: { int32: (a, b) => a | b, uint32: (a, b) => (a | b) >>> 0, bool: (a, b) => a | b },
  xor: { int32: (a, b) => a ^ b, uint32: (a, b) => (a ^ b) >>> 0, bool: (a, b) => a ^ b },
  // shifts by 32 or more shift all out; an arithmetic one takes the highest bit for a sign
  shiftLeft: {
    int32: (a, b) => (b >>> 0 < 32 ? a << b : 0),
    uint32: (a, b) => (b < 32 ? (a << b) >>> 0 : 0),
  },
  shiftRightLogical: {
    int32: (a, b) => (b >>> 0 < 32 ? (a >>> b) | 0 : 0),
    uint32: (a, b) => (b < 32 ? a >>> b : 0),
  },
  shiftRightArithmetic: {
    int32: (a, b) => (b >>> 0 < 32 ? a >> b : a >> 31),
    uint32: (a, b) => (b < 32 ? (a >> b) >>> 0 : (a >> 31) >>> 0),
  },
  polygamma: slow(polygamma),
} satisfies Rows

/** Functions of three numbers. */
export const ternary = {
  /** `select(predicate, whenTrue, whenFalse)`. */
  select: { any: (p, a, b) => (p !== 0 ? a : b), exact: true },
} satisfies Rows

/** Every scalar function. */
export const scalarFunctions: Readonly<
  Record<keyof typeof unary | keyof typeof binary | keyof typeof ternary, ScalarRow>
> = { ...unary, ...binary, ...ternary }

export const isComparison = (fn: string): fn is keyof typeof comparisons => fn in comparisons
