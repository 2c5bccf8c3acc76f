import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeIdx, encodeIdx, type IdxArray } from '../../../src/images/data/idx.js'

const idxArray: fc.Arbitrary<IdxArray> = fc
  .array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })
  .chain((shape) => {
    const size = shape.reduce((product, n) => product * n, 1)
    return fc.uint8Array({ minLength: size, maxLength: size }).map((values) => ({ shape, values }))
  })

const refusal = (bytes: Uint8Array): string => {
  const decoded = decodeIdx('digits.idx', bytes)
  if (E.isRight(decoded)) throw new Error('a refusal was expected')
  return decoded.left.message
}

const good = encodeIdx({ shape: [2, 3], values: Uint8Array.from([1, 2, 3, 4, 5, 6]) })

const replaced = (at: number, byte: number): Uint8Array => {
  const bytes = good.slice()
  bytes[at] = byte
  return bytes
}

describe('decodeIdx', () => {
  it('reads back what encodeIdx wrote', () => {
    fc.assert(
      fc.property(idxArray, (array) => {
        expect(decodeIdx('f', encodeIdx(array))).toEqual(E.right(array))
      }),
    )
  })

  it('reads the head big-endian', () => {
    const bytes = Uint8Array.from([0, 0, 8, 1, 0, 0, 1, 4, ...new Array(260).fill(7)])
    expect(decodeIdx('f', bytes)).toEqual(E.right({ shape: [260], values: new Uint8Array(260).fill(7) }))
  })

  it('reads bytes that start in the middle of a buffer', () => {
    const shifted = new Uint8Array(good.length + 3)
    shifted.set(good, 3)
    expect(decodeIdx('f', shifted.subarray(3))).toEqual(decodeIdx('f', good))
  })

  it('refuses every proper prefix, naming the file', () => {
    for (let length = 0; length < good.length; length++) {
      expect(refusal(good.subarray(0, length))).toMatch(
        /^digits\.idx: .+ was required, got .+\. Fetch the file again/,
      )
    }
  })

  it('refuses bytes past the end', () => {
    fc.assert(
      fc.property(idxArray, fc.uint8Array({ minLength: 1, maxLength: 9 }), (array, more) => {
        const bytes = encodeIdx(array)
        expect(decodeIdx('f', Uint8Array.from([...bytes, ...more]))._tag).toBe('Left')
      }),
    )
  })

  it.each([
    [0, 0x1f, '1f 00 08 02'],
    [1, 1, '00 01 08 02'],
    [2, 0x0d, '00 00 0d 02'],
  ])('refuses a wrong magic byte %i, showing the bytes', (at, byte, shown) => {
    expect(refusal(replaced(at, byte))).toBe(
      'digits.idx: an IDX head of unsigned bytes (00 00 08 rank) was required, ' +
        `got ${shown}. Fetch the file again, uncompressed.`,
    )
  })

  it('says how long the file should have been', () => {
    expect(refusal(good.subarray(0, 15))).toBe(
      'digits.idx: a file of 18 bytes (sizes 2×3) was required, got 15 bytes. Fetch the file again, uncompressed.',
    )
    expect(refusal(replaced(3, 3))).toContain('a file of')
    expect(refusal(good.subarray(0, 9))).toContain(
      'a head of 12 bytes (rank 2) was required, got a file of 9 bytes',
    )
    expect(refusal(new Uint8Array(0))).toContain('got no bytes in all')
  })
})
