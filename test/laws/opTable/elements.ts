import * as fc from 'fast-check'
import { type DType, isFloat, isInteger } from '../../../src/ir/dtype.js'

/** Multiples of 1/1024: few digits, exact in every float type. */
export const grid = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(low * 1024), max: Math.floor(high * 1024) }).map((n) => n / 1024)

/** Real numbers of a closed interval, short ones among them. */
export const reals = (low: number, high: number): fc.Arbitrary<number> =>
  fc.oneof(
    grid(low, high),
    fc.double({ min: low, max: high, noNaN: true }).map((x) => (x === 0 ? 0 : x)),
  )

/** Whole numbers; ties and repeats are likely where the interval is short. */
export const wholes = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high })

export const bools: fc.Arbitrary<number> = wholes(0, 1)

/** Any of the dtype: small numbers mostly, ties among them, and integers of all sizes. */
export const anyOf = (dtype: DType): fc.Arbitrary<number> => {
  if (dtype === 'bool') return bools
  if (dtype === 'int32')
    return fc.oneof(
      { weight: 3, arbitrary: wholes(-4, 4) },
      { weight: 1, arbitrary: wholes(-(2 ** 31), 2 ** 31 - 1) },
    )
  if (dtype === 'uint32')
    return fc.oneof({ weight: 3, arbitrary: wholes(0, 5) }, { weight: 1, arbitrary: wholes(0, 2 ** 32 - 1) })
  return fc.oneof(wholes(-3, 3), reals(-8, 8))
}

/** Small numbers of the dtype, whose sums and products are far from overflow. */
export const smallOf = (dtype: DType): fc.Arbitrary<number> =>
  isFloat(dtype) ? reals(-2, 2) : isInteger(dtype) ? wholes(dtype === 'int32' ? -5 : 0, 5) : bools

const largest = (dtype: DType): number => (dtype === 'float64' ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127)

/** Where implementations disagree: signed zeros, infinities, NaN, the ends of the range, halves. */
export const edgesOf = (dtype: DType): fc.Arbitrary<number> => {
  switch (dtype) {
    case 'bool':
      return bools
    case 'int32':
      return fc.constantFrom(
        0,
        1,
        -1,
        2,
        3,
        -3,
        7,
        31,
        32,
        33,
        -32,
        2 ** 31 - 1,
        -(2 ** 31),
        2 ** 30,
        0x55555555,
      )
    case 'uint32':
      return fc.constantFrom(
        0,
        1,
        2,
        3,
        7,
        31,
        32,
        33,
        2 ** 31 - 1,
        2 ** 31,
        2 ** 32 - 1,
        2 ** 30,
        0xaaaaaaaa,
      )
    default:
      return fc.constantFrom(
        ...[0, 0.5, 1, 1.5, 2, 2.5, 3, 2 ** 24 + 2, 2 ** -126, 2 ** -149, largest(dtype), Infinity].flatMap(
          (x) => [x, -x],
        ),
        Number.NaN,
      )
  }
}
