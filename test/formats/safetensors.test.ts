import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { HostArray } from '../../src/formats/namedArray.js'
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/safetensors.js'
import { hostArray } from './hostArrays.js'

const arrayName = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', '0', '', 'a.b.0', '\ud800'),
  )
  .filter((name) => name !== '__metadata__')

const content = fc.record({
  arrays: fc.array(fc.tuple(arrayName, hostArray), { maxLength: 6 }).map((all) => Object.fromEntries(all)),
  metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
})

const f32 = (shape: number[], values: number[]): HostArray => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})

/** A file put together by hand, with any header. */
const fileOf = (header: unknown, data: readonly number[]): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

const refusal = (bytes: Uint8Array): string => {
  const decoded = decodeSafetensors('w.safetensors', bytes)
  if (E.isRight(decoded)) throw new Error('a refusal was expected')
  expect(decoded.left.message).toMatch(/^w\.safetensors: .+ was required, got .+\. The file is damaged/s)
  return decoded.left.message.split(' was required')[0].slice('w.safetensors: '.length)
}

const headerOf = (bytes: Uint8Array): { length: number; text: string } => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  return { length, text: new TextDecoder().decode(bytes.subarray(8, 8 + length)) }
}

describe('encodeSafetensors', () => {
  it('lays out the published format', () => {
    const bytes = encodeSafetensors({
      arrays: {
        w: f32([2], [1, -2]),
        mask: { dtype: 'bool', shape: [3], data: Uint8Array.from([1, 0, 1]) },
        m: { dtype: 'float64', shape: [], data: Float64Array.of(0.5) },
      },
      metadata: { note: 'hi' },
    })
    const { length, text } = headerOf(bytes)
    expect(JSON.parse(text)).toEqual({
      __metadata__: { note: 'hi' },
      m: { dtype: 'F64', shape: [], data_offsets: [0, 8] },
      w: { dtype: 'F32', shape: [2], data_offsets: [8, 16] },
      mask: { dtype: 'BOOL', shape: [3], data_offsets: [16, 19] },
    })
    expect(length % 8).toBe(0)
    expect(text.endsWith('}') || text.endsWith(' ')).toBe(true)
    expect(Array.from(bytes.subarray(8 + length))).toEqual([
      ...[0, 0, 0, 0, 0, 0, 0xe0, 0x3f],
      ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0],
      ...[1, 0, 1],
    ])
  })

  it('does not depend on the order of the names', () => {
    fc.assert(
      fc.property(content, ({ arrays, metadata }) => {
        const reversed = {
          arrays: Object.fromEntries(Object.entries(arrays).reverse()),
          metadata: Object.fromEntries(Object.entries(metadata).reverse()),
        }
        expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors({ arrays, metadata }))
      }),
    )
  })

  it('aligns every array to its element size', () => {
    fc.assert(
      fc.property(content, (file) => {
        const bytes = encodeSafetensors(file)
        const { length, text } = headerOf(bytes)
        for (const [name, { data_offsets }] of Object.entries<{ data_offsets: [number, number] }>(
          JSON.parse(text),
        )) {
          if (name === '__metadata__') continue
          expect((8 + length + data_offsets[0]) % file.arrays[name].data.BYTES_PER_ELEMENT).toBe(0)
        }
      }),
    )
  })

  it('throws on what the caller got wrong', () => {
    const encode = (name: string, array: HostArray) => () =>
      encodeSafetensors({ arrays: { [name]: array }, metadata: {} })
    expect(encode('w', f32([3], [1]))).toThrow('w: 3 elements are required for f32[3], got 1.')
    expect(encode('w', { dtype: 'int32', shape: [1], data: Float32Array.of(1) })).toThrow(
      'w: a Int32Array is required for int32, got Float32Array.',
    )
    expect(encode('__metadata__', f32([], [1]))).toThrow('__metadata__')
  })
})

describe('decodeSafetensors', () => {
  it('reads back what was written, bit for bit', () => {
    fc.assert(
      fc.property(content, (file) => {
        const decoded = decodeSafetensors('f', encodeSafetensors(file))
        expect(decoded).toEqual(E.right(file))
        if (E.isRight(decoded)) expect(encodeSafetensors(decoded.right)).toEqual(encodeSafetensors(file))
      }),
    )
  })

  it('keeps the payload of a NaN', () => {
    const data = new Float32Array(Uint32Array.of(0x7fc12345, 0xffc00001).buffer)
    const decoded = decodeSafetensors(
      'f',
      encodeSafetensors({ arrays: { a: { dtype: 'float32', shape: [2], data } }, metadata: {} }),
    )
    if (E.isLeft(decoded)) throw new Error(decoded.left.message)
    expect(Array.from(new Uint32Array(decoded.right.arrays['a'].data.buffer))).toEqual([
      0x7fc12345, 0xffc00001,
    ])
  })

  it('reads a file of another writer: unpadded header, unaligned data, null-free metadata, any order', () => {
    const header = {
      b: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
      a: { dtype: 'F32', shape: [1, 1], data_offsets: [1, 5] },
    }
    expect(decodeSafetensors('f', fileOf(header, [1, 0, 0, 0x80, 0x3f]))).toEqual(
      E.right({
        arrays: { b: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) }, a: f32([1, 1], [1]) },
        metadata: {},
      }),
    )
  })

  it('refuses every proper prefix, and every longer file', () => {
    fc.assert(
      fc.property(content, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (file, part) => {
        const bytes = encodeSafetensors(file)
        refusal(bytes.subarray(0, Math.floor(part * bytes.length)))
        refusal(Uint8Array.from([...bytes, 0]))
      }),
    )
  })

  it('never throws, whatever one byte becomes', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (file, at, change) => {
        const bytes = encodeSafetensors(file)
        bytes[at % bytes.length] ^= change
        expect(['Left', 'Right']).toContain(decodeSafetensors('f', bytes)._tag)
      }),
      { numRuns: 500 },
    )
  })

  it('reads 16-bit floats as float32, and 64-bit integers as int32 where they fit', () => {
    const one = (dtype: string, shape: readonly number[], bytes: readonly number[]) =>
      decodeSafetensors('f', fileOf({ a: { dtype, shape, data_offsets: [0, bytes.length] } }, [...bytes]))
    const words = (...w: readonly number[]) => w.flatMap((x) => [x & 255, x >> 8])
    const halves = [0x0000, 0x8000, 0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00]
    // of IEEE 754-2019, by hand: ±0, 1, −2, 1/3 rounded, the least and the greatest subnormal, the greatest number
    const values = [0, -0, 1, -2, 0.333251953125, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, NaN]
    expect(one('F16', [11], words(...halves))).toEqual(
      E.right({
        metadata: {},
        arrays: { a: { dtype: 'float32', shape: [11], data: Float32Array.from(values) } },
      }),
    )
    expect(one('BF16', [3], words(0x3f80, 0xc2c8, 0x7f80))).toMatchObject(
      E.right({ arrays: { a: { data: Float32Array.of(1, -100, Infinity) } } }),
    )
    const negative = [254, 255, 255, 255, 255, 255, 255, 255]
    expect(one('I64', [2], [7, 0, 0, 0, 0, 0, 0, 0, ...negative])).toMatchObject(
      E.right({ arrays: { a: { dtype: 'int32', data: Int32Array.of(7, -2) } } }),
    )
    expect(one('I64', [1], [0, 0, 0, 128, 0, 0, 0, 0])).toMatchObject(
      E.left({ required: 'a: integers of 32 bits' }),
    )
  })

  it.each([
    ['a header length (8 bytes)', Uint8Array.of(1, 2, 3)],
    ['a header of at most 100000000 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0x7b, 0x7d)],
    ['a header of 9 bytes', Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
    ['a header that begins with {', fileOf(' {}', [])],
    ['a header in UTF-8', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d)],
    ['a header in JSON', fileOf('{"a":', [])],
    ['in the header, a: ArrayEntry', fileOf({ a: 3 }, [])],
    [
      'in the header, a.dtype: one of F32, F64, I32, U32, BOOL, F16, BF16, I64',
      fileOf({ a: { dtype: 'F8_E4M3', shape: [], data_offsets: [0, 2] } }, [0, 0]),
    ],
    [
      'in the header, a.shape.0: an integer, not negative',
      fileOf({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 0] } }, []),
    ],
    [
      'in the header, a.extra: no such key',
      fileOf({ a: { dtype: 'F32', shape: [0], data_offsets: [0, 0], extra: 1 } }, []),
    ],
    ['in the header, k: string', fileOf({ __metadata__: { k: 1 } }, [])],
    ['a: data from byte 0 on', fileOf({ a: { dtype: 'BOOL', shape: [1], data_offsets: [1, 2] } }, [0, 0])],
    ['a: 8 bytes of data', fileOf({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, [0, 0, 0, 0])],
    ['a: 0 bytes of data', fileOf({ a: { dtype: 'F32', shape: [0], data_offsets: [0, 4] } }, [0, 0, 0, 0])],
    ['a: data up to byte 4', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, [0, 0])],
    ['a: bytes 0 and 1', fileOf({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, [2])],
    ['1 bytes of data', fileOf({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, [1, 1])],
    [
      'b: data from byte 4 on',
      fileOf(
        {
          a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          b: { dtype: 'BOOL', shape: [1], data_offsets: [3, 4] },
        },
        [0, 0, 0, 0],
      ),
    ],
  ])('says that %s was required', (required, bytes) => {
    expect(refusal(bytes)).toBe(required)
  })
})
