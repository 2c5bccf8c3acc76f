import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stableSorter } from '../../../../src/backends/reference/host/stableSorter.js'
import { compileTopK } from '../../../../src/backends/reference/host/topK.js'
import type { TypedArray } from '../../../../src/ir/dtype.js'

/** The definition: NaN after all, −0 as 0, by comparisons. */
const compare = (x: number, y: number): number =>
  x < y ? -1 : x > y ? 1 : x === y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y))

const expected = (keys: TypedArray, positions: Int32Array, descending: boolean): readonly number[] =>
  Array.from(positions).sort((a, b) => (descending ? compare(keys[b], keys[a]) : compare(keys[a], keys[b])))

const edges = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1.4e-45,
  -1.4e-45,
  5e-324,
  -5e-324,
]
const floats = fc.oneof(fc.double(), fc.constantFrom(...edges), fc.integer({ min: -3, max: 3 }))

/** More elements than are inserted one by one, and fewer; `repeated` makes of few many, with ties. */
const keysOf = <A extends TypedArray>(
  of: (values: readonly number[]) => A,
  value: fc.Arbitrary<number>,
): fc.Arbitrary<A> =>
  fc
    .tuple(fc.array(value, { minLength: 1, maxLength: 80 }), fc.constantFrom(1, 1, 1, 3, 60))
    .map(([values, times]) => of(Array.from({ length: times }, () => values).flat()))

const nanOfEitherSign = new Float32Array(new Uint32Array([0x7fc00000, 0xffc00000, 0xff800001]).buffer)

type Kind = {
  readonly name: string
  readonly keys: fc.Arbitrary<TypedArray>
  readonly blank: (n: number) => TypedArray
}

const kinds: readonly Kind[] = [
  { name: 'float32', keys: keysOf((v) => Float32Array.from(v), floats), blank: (n) => new Float32Array(n) },
  { name: 'float64', keys: keysOf((v) => Float64Array.from(v), floats), blank: (n) => new Float64Array(n) },
  {
    name: 'int32',
    keys: keysOf((v) => Int32Array.from(v), fc.oneof(fc.integer(), fc.integer({ min: -2, max: 2 }))),
    blank: (n) => new Int32Array(n),
  },
  {
    name: 'uint32',
    keys: keysOf((v) => Uint32Array.from(v), fc.oneof(fc.nat(0xffffffff), fc.nat(2))),
    blank: (n) => new Uint32Array(n),
  },
  { name: 'bool', keys: keysOf((v) => Uint8Array.from(v), fc.nat(1)), blank: (n) => new Uint8Array(n) },
]

describe('positions sorted by keys', () => {
  it.each(kinds)('$name: as comparisons order them, equal ones as they were', ({ keys: arbitrary }) => {
    fc.assert(
      fc.property(arbitrary, fc.boolean(), fc.boolean(), (keys, descending, backwards) => {
        const positions = Int32Array.from(keys, (_, i) => i)
        if (backwards) positions.reverse()
        const want = expected(keys, positions, descending)
        stableSorter(keys.length)(positions, keys, descending)
        expect(Array.from(positions)).toEqual(want)
      }),
    )
  })

  it('all NaN are equal, whatever their bits', () => {
    const keys = Float32Array.of(...nanOfEitherSign, 2)
    new Uint32Array(keys.buffer).set(new Uint32Array(nanOfEitherSign.buffer))
    const positions = Int32Array.of(0, 1, 2, 3)
    stableSorter(4)(positions, keys)
    expect(Array.from(positions)).toEqual([3, 0, 1, 2])
  })

  it('one sorter sorts line after line, of any dtype', () => {
    const sort = stableSorter(100)
    for (const keys of [
      Float64Array.from({ length: 100 }, (_, i) => Math.sin(i)),
      Float32Array.from({ length: 100 }, (_, i) => Math.cos(i)),
    ]) {
      const positions = Int32Array.from(keys, (_, i) => i)
      const want = expected(keys, positions, false)
      sort(positions, keys)
      expect(Array.from(positions)).toEqual(want)
    }
  })

  it('5000 elements, which have wider digits, and keys within a larger array', () => {
    const keys = new Float64Array(new SharedArrayBuffer(8 * 6000), 8 * 500, 5500)
    for (let i = 0; i < keys.length; i++) keys[i] = Math.tan(i * i)
    const positions = Int32Array.from({ length: 5000 }, (_, i) => i + 500)
    const want = expected(keys, positions, true)
    stableSorter(5000)(positions, keys, true)
    expect(Array.from(positions)).toEqual(want)
  })
})

describe('the greatest of rows', () => {
  it.each(kinds)('$name: the first of all in descending order, few or many', ({ keys: arbitrary, blank }) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (keys, seed) => {
        const n = keys.length
        const k = seed % (n + 1)
        const x = blank(2 * n)
        x.set(keys)
        x.set(keys.slice().reverse(), n)
        const [values, positions] = [blank(2 * k), new Int32Array(2 * k)]
        compileTopK({ routine: 'topK', k }, 2 * n, [2, k])(x, values, positions)
        for (const row of [0, 1]) {
          const all = x.subarray(row * n, (row + 1) * n)
          const want = expected(
            all,
            Int32Array.from(all, (_, i) => i),
            true,
          ).slice(0, k)
          expect(Array.from(positions.subarray(row * k, (row + 1) * k))).toEqual(want)
          expect(Array.from(values.subarray(row * k, (row + 1) * k))).toEqual(want.map((i) => all[i]))
        }
      }),
    )
  })
})
