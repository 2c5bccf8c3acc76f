import { type DType, isFloat, storedValue } from './dtype.js'
import { internal } from './errors.js'
import type { ScalarOp } from './expr.js'
import { digamma, erf, erfc, erfInv, lgamma, polygamma } from './special.js'

/** A scalar operation on stored values: what a dtype can't hold is neither taken nor given. */
export type ScalarFunction = (a: number, b: number, c: number) => number

type Table = { readonly [op in ScalarOp]?: ScalarFunction }

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

const comparisons: Table = {
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  select: (p, a, b) => (p !== 0 ? a : b),
}

/** In double precision. `max(−0, 0)` is 0; NaN wins in `max` and `min`, as in JS. */
const floats: Table = {
  ...comparisons,
  neg: (x) => -x,
  abs: (x) => Math.abs(x),
  sign: (x) => Math.sign(x),
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  round: roundHalfEven,
  exp: (x) => Math.exp(x),
  expm1: (x) => Math.expm1(x),
  log: (x) => Math.log(x),
  log1p: (x) => Math.log1p(x),
  sqrt: (x) => Math.sqrt(x),
  rsqrt: (x) => 1 / Math.sqrt(x),
  cbrt: (x) => Math.cbrt(x),
  sin: (x) => Math.sin(x),
  cos: (x) => Math.cos(x),
  tan: (x) => Math.tan(x),
  asin: (x) => Math.asin(x),
  acos: (x) => Math.acos(x),
  atan: (x) => Math.atan(x),
  sinh: (x) => Math.sinh(x),
  cosh: (x) => Math.cosh(x),
  tanh: (x) => Math.tanh(x),
  asinh: (x) => Math.asinh(x),
  acosh: (x) => Math.acosh(x),
  atanh: (x) => Math.atanh(x),
  sigmoid,
  erf,
  erfc,
  erfInv,
  lgamma,
  digamma,
  isFinite: (x) => (Number.isFinite(x) ? 1 : 0),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  pow,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  atan2: (a, b) => Math.atan2(a, b),
  polygamma,
}

/** Modulo 2³². Division truncates; x/0 = −1 and x rem 0 = x, as in XLA. Shifts by 32 or more shift all out. */
const int32s: Table = {
  ...comparisons,
  neg: (x) => -x | 0,
  abs: (x) => Math.abs(x) | 0,
  sign: (x) => Math.sign(x),
  not: (x) => ~x,
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: (a, b) => Math.imul(a, b),
  div: (a, b) => (b === 0 ? -1 : (a / b) | 0),
  rem: (a, b) => (b === 0 ? a : (a % b) | 0),
  pow: integerPow,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => (b >>> 0 < 32 ? a << b : 0),
  shiftRightLogical: (a, b) => (b >>> 0 < 32 ? (a >>> b) | 0 : 0),
  shiftRightArithmetic: (a, b) => (b >>> 0 < 32 ? a >> b : a >> 31),
}

/** Modulo 2³²; x/0 = 2³² − 1. An arithmetic shift takes the highest bit for a sign. */
const uint32s: Table = {
  ...comparisons,
  neg: (x) => -x >>> 0,
  abs: (x) => x,
  sign: (x) => (x === 0 ? 0 : 1),
  not: (x) => ~x >>> 0,
  add: (a, b) => (a + b) >>> 0,
  sub: (a, b) => (a - b) >>> 0,
  mul: (a, b) => Math.imul(a, b) >>> 0,
  div: (a, b) => (b === 0 ? 0xffffffff : (a / b) >>> 0),
  rem: (a, b) => (b === 0 ? a : a % b),
  pow: (x, n) => integerPow(x, n) >>> 0,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  and: (a, b) => (a & b) >>> 0,
  or: (a, b) => (a | b) >>> 0,
  xor: (a, b) => (a ^ b) >>> 0,
  shiftLeft: (a, b) => (b < 32 ? (a << b) >>> 0 : 0),
  shiftRightLogical: (a, b) => (b < 32 ? a >>> b : 0),
  shiftRightArithmetic: (a, b) => (b < 32 ? (a >> b) >>> 0 : (a >> 31) >>> 0),
}

/** 0 and 1 as numbers modulo "anything but 0 is 1": sums are `or`, products `and`. */
const bools: Table = {
  ...comparisons,
  not: (x) => 1 - x,
  add: (a, b) => a | b,
  mul: (a, b) => a & b,
  max: (a, b) => a | b,
  min: (a, b) => a & b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
}

const tables: { readonly [dtype in DType]: Table } = {
  float32: floats,
  float64: floats,
  int32: int32s,
  uint32: uint32s,
  bool: bools,
}

/** Float operations whose result on float32 values is a float32 value (or a bool) as it stands. */
const exactOnFloat32: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'max',
  'min',
  'rem',
  'isFinite',
  'select',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
])

/** Floats to integers truncate toward zero and saturate, NaN to 0; integers to integers wrap. */
const conversion = (from: DType, to: DType): ScalarFunction => {
  if (isFloat(from) && to === 'int32') return (x) => Math.min(Math.max(x, -0x80000000), 0x7fffffff) | 0
  if (isFloat(from) && to === 'uint32') return (x) => Math.min(Math.max(x, 0), 0xffffffff) >>> 0
  return (x) => storedValue(to, x)
}

const word = new DataView(new ArrayBuffer(4))

const bitPattern: {
  readonly [dtype in DType]?: { readonly read: () => number; readonly write: (x: number) => void }
} = {
  float32: { read: () => word.getFloat32(0), write: (x) => word.setFloat32(0, x) },
  int32: { read: () => word.getInt32(0), write: (x) => word.setInt32(0, x) },
  uint32: { read: () => word.getUint32(0), write: (x) => word.setUint32(0, x) },
}

const reinterpretation = (from: DType, to: DType): ScalarFunction => {
  const source = bitPattern[from]
  const target = bitPattern[to]
  if (from === to) return (x) => x
  if (!source || !target) throw internal(`bitcast: types of 32 bits are required, got ${from} to ${to}.`)
  return (x) => {
    source.write(x)
    return target.read()
  }
}

/**
 * What `fn` means on numbers stored as `operand` (of `select`: the branches' dtype), with a result stored as
 * `result`. Float32 is computed in double precision and rounded once.
 */
export const scalarOp = (fn: ScalarOp, operand: DType, result: DType): ScalarFunction => {
  if (fn === 'convert') return conversion(operand, result)
  if (fn === 'bitcast') return reinterpretation(operand, result)
  const f = tables[operand][fn]
  if (!f) throw internal(`scalarOp: ${fn} has no meaning on ${operand}.`)
  return operand === 'float32' && !exactOnFloat32.has(fn) ? (a, b, c) => Math.fround(f(a, b, c)) : f
}
