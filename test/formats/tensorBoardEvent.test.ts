import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { bytesField, concatBytes, doubleField, integerField } from '../../src/formats/protobuf.js'
import {
  decodeEvent,
  type EventValue,
  encodeEvent,
  type TensorBoardEvent,
} from '../../src/formats/tensorBoardEvent.js'
import { decodeTfRecords, encodeTfRecord } from '../../src/formats/tfRecord.js'

type WrittenValue =
  | { readonly tag: string; readonly value: number }
  | {
      readonly tag: string
      readonly width: number
      readonly height: number
      readonly channels: number
      readonly file: string
    }
type WrittenEvent = {
  readonly wallTime: number
  readonly step: number
  readonly version?: string
  readonly values?: readonly WrittenValue[]
}

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/tensorboard/${name}`, import.meta.url))
const written: readonly WrittenEvent[] = JSON.parse(fixture('events.json').toString()).events

const valueOf = (value: WrittenValue): EventValue =>
  'value' in value
    ? { _tag: 'Scalar', tag: value.tag, value: value.value }
    : { ...value, _tag: 'Image', file: Uint8Array.from(Buffer.from(value.file, 'base64')) }

const eventOf = ({ wallTime, step, version, values }: WrittenEvent): TensorBoardEvent =>
  version === undefined
    ? { _tag: 'Values', wallTime, step, values: (values ?? []).map(valueOf) }
    : { _tag: 'FileVersion', wallTime, step, version }

const text = fc.string({ unit: 'grapheme' })
const number = fc.double({ noNaN: true })
const step = fc.maxSafeInteger()
const value: fc.Arbitrary<EventValue> = fc.oneof(
  fc.record({ _tag: fc.constant('Scalar' as const), tag: text, value: fc.float() }),
  fc.record({
    _tag: fc.constant('Image' as const),
    tag: text,
    width: fc.nat(5000),
    height: fc.nat(5000),
    channels: fc.integer({ min: 1, max: 4 }),
    file: fc.uint8Array({ maxLength: 200 }),
  }),
)
const event: fc.Arbitrary<TensorBoardEvent> = fc.oneof(
  fc.record({ _tag: fc.constant('FileVersion' as const), wallTime: number, step, version: text }),
  fc.record({
    _tag: fc.constant('Values' as const),
    wallTime: number,
    step,
    values: fc.array(value, { maxLength: 4 }),
  }),
)

const refusal = (bytes: Uint8Array): string => {
  const decoded = decodeEvent('f', bytes)
  if (E.isRight(decoded)) throw new Error('a refusal was expected')
  return decoded.left.message
}

describe('events of TensorBoard', () => {
  it('are the bytes that TensorBoard’s own writer makes', () => {
    expect(written.length).toBeGreaterThanOrEqual(10)
    const bytes = concatBytes(written.map((each) => encodeTfRecord(encodeEvent(eventOf(each)))))
    expect(Buffer.from(bytes).equals(fixture('events.bin'))).toBe(true)
  })

  it('are read from the bytes that TensorBoard’s own writer makes', () => {
    const decoded = decodeTfRecords('events.bin', fixture('events.bin'))
    if (E.isLeft(decoded)) throw new Error(decoded.left.message)
    const rounded = written.map(eventOf).map((each) =>
      each._tag === 'FileVersion'
        ? each
        : {
            ...each,
            values: each.values.map((v) => (v._tag === 'Scalar' ? { ...v, value: Math.fround(v.value) } : v)),
          },
    )
    expect(decoded.right.records.map(({ data }) => decodeEvent('events.bin', data))).toEqual(
      rounded.map(E.right),
    )
  })

  it('are read as they were written', () => {
    fc.assert(
      fc.property(event, (each) => {
        expect(decodeEvent('f', encodeEvent(each))).toEqual(E.right(each))
      }),
    )
  })

  it('may hold fields that we do not know', () => {
    const histogram = bytesField(5, bytesField(1, bytesField(5, doubleField(1, 0.5))))
    const bytes = concatBytes([doubleField(1, 2), integerField(2, 9), histogram, integerField(77, 1)])
    expect(decodeEvent('f', bytes)).toEqual(E.right({ _tag: 'Values', wallTime: 2, step: 9, values: [] }))
  })

  it('never make the reader throw, whatever one byte becomes', () => {
    fc.assert(
      fc.property(event, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, change) => {
        const bytes = encodeEvent(each)
        bytes[at % bytes.length] ^= change
        expect(['Left', 'Right']).toContain(decodeEvent('f', bytes)._tag)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [Uint8Array.of(0x08, 0x80), 'the number of field 1 at byte 0 has no end'],
    [Uint8Array.of(0x09, 1, 2), 'field 1 at byte 0 has no end'],
    [Uint8Array.of(0x0b), 'field 1 at byte 0 is of the unknown kind 3'],
    [Uint8Array.of(0x00, 0), 'no field begins at byte 0'],
    [
      Uint8Array.of(0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
      'field 5 at byte 0 has no end',
    ],
    [integerField(1, 3), 'field 1 is no double'],
    [doubleField(2, 3), 'field 2 is no whole number'],
    [bytesField(3, Uint8Array.of(0xff)), 'field 3 is no UTF-8'],
    [bytesField(5, bytesField(1, integerField(2, 1))), 'field 2 is no float'],
  ])('that are damaged are refused: %j', (bytes, message) => {
    expect(refusal(bytes)).toBe(
      `f: an event of TensorBoard was required, got a message in which ${message}. The file is damaged.`,
    )
  })
})
