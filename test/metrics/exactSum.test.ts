import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addExactly, exactZero, roundExact } from '../../src/metrics/exactSum.js'

const sumOf = (terms: readonly number[]): number => roundExact(terms.reduce(addExactly, exactZero))

/** A double as a whole multiple of 2^-1074. */
const scaled = (x: number): bigint => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, x)
  const word = bits.getBigUint64(0)
  const exponent = (word >> 52n) & 0x7ffn
  const fraction = word & 0xfffffffffffffn
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return word >> 63n === 1n ? -size : size
}

describe('exactSum', () => {
  // The list of CPython's Lib/test/test_math.py, testFsum
  it.each([
    [[], 0],
    [[0], 0],
    [[1e100, 1, -1e100, 1e-100, 1e50, -1, -1e50], 1e-100],
    [[2 ** 53, -0.5, -(2 ** -54)], 2 ** 53 - 1],
    [[2 ** 53, 1, 2 ** -100], 2 ** 53 + 2],
    [[2 ** 53 + 10, 1, 2 ** -100], 2 ** 53 + 12],
    [[2 ** 53 - 4, 0.5, 2 ** -54], 2 ** 53 - 3],
    [Array.from({ length: 1000 }, (_, n) => 1 / (n + 1)), 7.485470860550345],
    [Array.from({ length: 1000 }, (_, n) => (-1) ** (n + 1) / (n + 1)), -0.6926474305598203],
    [[1e16, 1, 1e-16], 10000000000000002],
    [[1e16 - 2, 1 - 2 ** -53, -(1e16 - 2), -(1 - 2 ** -53)], 0],
  ])('sums %j as Python’s fsum', (terms, expected) => {
    expect(sumOf(terms)).toBe(expected)
  })

  it('gives the nearest double, ties to even', () => {
    const term = fc.oneof(
      fc.double({ min: -1e300, max: 1e300, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.integer({ min: -60, max: 60 }).map((e) => 2 ** e),
    )
    fc.assert(
      fc.property(fc.array(term, { maxLength: 12 }), (terms) => {
        const exact = terms.reduce((sum, x) => sum + scaled(x), 0n)
        const distance = (x: number): bigint => {
          const off = scaled(x) - exact
          return off < 0n ? -off : off
        }
        const got = sumOf(terms)
        const word = new BigInt64Array(Float64Array.of(got).buffer)
        for (const step of [-1n, 1n]) {
          const beside = new Float64Array(BigInt64Array.of(word[0] + step).buffer)[0]
          if (!Number.isFinite(beside)) continue
          const [here, there] = [distance(got), distance(beside)]
          expect(here <= there).toBe(true)
          if (here === there) expect(word[0] & 1n).toBe(0n)
        }
      }),
      { numRuns: 500 },
    )
  })
})
