import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/formats/protobuf.js'
import { decodeTfRecords, encodeTfRecord } from '../../src/formats/tfRecord.js'

const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 })
const fileOf = (all: readonly Uint8Array[]): Uint8Array => concatBytes(all.map(encodeTfRecord))

/** The data of the whole records, and the number of bytes after them. */
const read = (bytes: Uint8Array) => {
  const decoded = decodeTfRecords('f', bytes)
  if (E.isLeft(decoded)) throw new Error(decoded.left.message)
  return { data: decoded.right.records.map((record) => record.data), torn: decoded.right.torn.length }
}

describe('TFRecord', () => {
  it('has the head that every event file of TensorFlow begins with', () => {
    // a record of 24 bytes, as a version event is: length, then its check sum
    expect(Buffer.from(encodeTfRecord(new Uint8Array(24)).subarray(0, 12)).toString('hex')).toBe(
      '1800000000000000a37f4b22',
    )
  })

  it('reads back what was written', () => {
    fc.assert(
      fc.property(contents, (all) => {
        expect(read(fileOf(all))).toEqual({ data: all, torn: 0 })
      }),
    )
  })

  it('keeps the whole records of a file that was cut, and says where the rest begins', () => {
    fc.assert(
      fc.property(contents, fc.nat(), (all, cut) => {
        const bytes = fileOf(all)
        const length = cut % bytes.length
        const lengths = all.map((data) => data.length + 16)
        const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b))
        const whole = ends.filter((end) => end <= length)
        expect(read(bytes.subarray(0, length))).toEqual({
          data: all.slice(0, whole.length),
          torn: length - (whole.at(-1) ?? 0),
        })
      }),
    )
  })

  it('takes zeros at the end for what a crash leaves', () => {
    expect(read(concatBytes([fileOf([Uint8Array.of(7)]), new Uint8Array(100)]))).toEqual({
      data: [Uint8Array.of(7)],
      torn: 100,
    })
  })

  it('sees every other changed byte', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, change) => {
        const bytes = fileOf(all)
        bytes[at % bytes.length] ^= change
        const decoded = decodeTfRecords('f', bytes)
        expect(decoded).toMatchObject(E.left({ _tag: 'IoFormatError' }))
        expect(E.isLeft(decoded) && decoded.left.message).toMatch(
          /^f: the check sum of the (length|data) of the record at byte \d+ was required, got another\. The file is/,
        )
      }),
    )
  })
})
