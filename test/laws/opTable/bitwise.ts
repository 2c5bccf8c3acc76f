import * as fc from 'fast-check'
import type { DType } from '../../../src/ir/dtype.js'
import { andP, notP, orP, xorP } from '../../../src/ops/elementwise/logical.js'
import { shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP } from '../../../src/ops/elementwise/shifts.js'
import { anyOf, edgesOf, wholes } from './elements.js'
import { elementwiseRow, integers, logical, notAFloat } from './elementwise.js'
import type { Row } from './row.js'

/** The 32 bits (of bool: one) from the highest, as truth values. */
const bitsOf = (dtype: DType, x: number): readonly boolean[] => {
  const width = dtype === 'bool' ? 1 : 32
  const unsigned = x < 0 ? x + 2 ** 32 : x
  return Array.from({ length: width }, (_, i) => Math.floor(unsigned / 2 ** (width - 1 - i)) % 2 === 1)
}

const fromBits = (dtype: DType, bits: readonly boolean[]): number => {
  const unsigned = bits.reduce((n, b) => 2 * n + (b ? 1 : 0), 0)
  return dtype === 'int32' && unsigned >= 2 ** 31 ? unsigned - 2 ** 32 : unsigned
}

const bitByBit =
  (f: (...bits: boolean[]) => boolean) =>
  (xs: readonly number[], dtype: DType): number => {
    const [first, ...rest] = xs.map((x) => bitsOf(dtype, x))
    return fromBits(
      dtype,
      first.map((b, i) => f(b, ...rest.map((r) => r[i]))),
    )
  }

/** Bits moved to lower places (negative: higher ones), `fill` coming in. */
const moved = (bits: readonly boolean[], by: number, fill: boolean): readonly boolean[] =>
  bits.map((_, i) => bits[i - by] ?? fill)

/** A distance as it is read: what is not 0 … 31 moves everything out. */
const distance = (n: number): number => (n >= 0 && n < 32 ? n : 32)

const distances = fc.oneof(wholes(0, 31), fc.constantFrom(32, 33, 64))

const anything = (dtype: DType) => [anyOf(dtype)]

export const bitwise: readonly Row[] = [
  elementwiseRow({
    primitive: notP,
    count: 1,
    dtypes: logical,
    scalar: bitByBit((a) => !a),
    elements: anything,
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: andP,
    count: 2,
    dtypes: logical,
    scalar: bitByBit((a, b) => a && b),
    elements: anything,
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: orP,
    count: 2,
    dtypes: logical,
    scalar: bitByBit((a, b) => a || b),
    elements: anything,
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: xorP,
    count: 2,
    dtypes: logical,
    scalar: bitByBit((a, b) => a !== b),
    elements: anything,
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: shiftLeftP,
    count: 2,
    dtypes: integers,
    scalar: ([x, n], d) => fromBits(d, moved(bitsOf(d, x), -distance(n), false)),
    elements: (dtype) => [anyOf(dtype), distances],
    edges: (dtype) => [edgesOf(dtype)],
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: shiftRightLogicalP,
    count: 2,
    dtypes: integers,
    scalar: ([x, n], d) => fromBits(d, moved(bitsOf(d, x), distance(n), false)),
    elements: (dtype) => [anyOf(dtype), distances],
    edges: (dtype) => [edgesOf(dtype)],
    smooth: notAFloat,
  }),
  elementwiseRow({
    primitive: shiftRightArithmeticP,
    count: 2,
    dtypes: integers,
    scalar: ([x, n], d) => fromBits(d, moved(bitsOf(d, x), distance(n), bitsOf(d, x)[0])),
    elements: (dtype) => [anyOf(dtype), distances],
    edges: (dtype) => [edgesOf(dtype)],
    smooth: notAFloat,
  }),
]
