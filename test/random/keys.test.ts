import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, GradError, jit, np, random, ShapeError, vmap } from '../../src/index.js'
import { threefry2x32 } from '../../src/ops/elementwise/threefry.js'
import { threefry } from './threefryOracle.js'

const words = (xs: readonly number[]) => np.array(Uint32Array.from(xs))

describe('threefry2x32', () => {
  // Random123 1.14.0, tests/kat_vectors, "threefry 2x32 20": counter, key, expected
  it.each([
    [
      [0x00000000, 0x00000000],
      [0x00000000, 0x00000000],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x243f6a88, 0x85a308d3],
      [0x13198a2e, 0x03707344],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('enciphers counter %j under key %j as Random123 does', (counter, key, expected) => {
    const [k, c] = [key.map((w) => words([w])), counter.map((w) => words([w]))]
    const out = threefry2x32(k[0], k[1], c[0], c[1])
    expect(out.map((y) => y.toArray())).toEqual(expected.map((y) => [y]))
    expect(threefry(key[0], key[1], counter[0], counter[1])).toEqual(expected)
  })

  it('agrees with the paper for any key and counter', () => {
    const word = fc.nat({ max: 0xffffffff })
    fc.assert(
      fc.property(word, word, word, word, (k0, k1, c0, c1) => {
        const out = threefry2x32(words([k0]), words([k1]), words([c0]), words([c1]))
        expect(out.map((y) => y.dataSync()[0])).toEqual(threefry(k0, k1, c0, c1))
      }),
      { numRuns: 20 },
    )
  })
})

describe('key', () => {
  it('holds the high and the low word of the seed', () => {
    expect(random.key(0).dtype).toBe('uint32')
    expect(random.key(2 ** 53 - 1).toArray()).toEqual([2 ** 21 - 1, 2 ** 32 - 1])
  })

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => random.key(seed)).toThrow(GradError)
    expect(() => random.key(seed)).toThrow(/^key: an integer seed/)
  })

  it('is asked for by name where something else is given', () => {
    expect(() => random.uniform(np.zeros([2]))).toThrow(DTypeError)
    expect(() => random.uniform(np.zeros([2]))).toThrow('uniform: a key u32[2] is required, got f32[2]')
    expect(() => random.normal(random.splitStacked(random.key(0)))).toThrow(ShapeError)
    expect(() => random.normal(random.splitStacked(random.key(0)))).toThrow('vmap')
  })
})

describe('split and foldIn', () => {
  it('give the keys that JAX gives (partitionable threefry)', () => {
    expect(random.split(random.key(0)).map((k) => k.toArray())).toEqual([
      [1797259609, 2579123966],
      [928981903, 3453687069],
    ])
  })

  it('agree: key i of a split is the key with i folded in, however many there are', () => {
    const integer = fc.nat({ max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(integer, fc.integer({ min: 1, max: 9 }), (seed, n) => {
        const key = random.key(seed)
        const expected = Array.from({ length: n }, (_, i) => [...threefry(0, seed, 0, i)])
        expect(random.splitStacked(key, n).toArray()).toEqual(expected)
        expect(random.split(key, n).map((k) => k.toArray())).toEqual(expected)
        expect(random.foldIn(key, n - 1).toArray()).toEqual(expected[n - 1])
      }),
      { numRuns: 15 },
    )
  })

  it('fold in tensors, negative and large numbers', () => {
    const key = random.key(7)
    expect(random.foldIn(key, np.array(5, { dtype: 'int32' })).toArray()).toEqual([...threefry(0, 7, 0, 5)])
    expect(random.foldIn(key, -2).toArray()).toEqual([...threefry(0, 7, 0, 2 ** 32 - 2)])
    expect(random.foldIn(key, np.array(-2, { dtype: 'int32' })).toArray()).toEqual(
      random.foldIn(key, -2).toArray(),
    )
    expect(random.foldIn(key, 2 ** 33 + 3).toArray()).toEqual([...threefry(0, 7, 2, 3)])
    expect(() => random.foldIn(key, 0.5)).toThrow('foldIn: an integer')
    expect(() => random.foldIn(key, np.array(1))).toThrow(DTypeError)
    expect(() => random.foldIn(key, np.array([1], { dtype: 'int32' }))).toThrow(ShapeError)
    expect(() => random.split(key, 0)).toThrow('split: a positive number')
  })

  it('work on traced keys and numbers', () => {
    const key = random.key(3)
    const step = jit((k: typeof key, i: typeof key) => random.split(random.foldIn(k, i)))
    const i = np.array(4, { dtype: 'int32' })
    expect(step(key, i).map((k) => k.toArray())).toEqual(
      random.split(random.foldIn(key, 4)).map((k) => k.toArray()),
    )
  })
})

describe('bits', () => {
  it('are y0 xor y1 of each row-major position, whatever the shape', () => {
    const expected = Array.from({ length: 6 }, (_, i) => {
      const [y0, y1] = threefry(0, 1701, 0, i)
      return (y0 ^ y1) >>> 0
    })
    const key = random.key(1701)
    expect(Array.from(random.bits(key, [2, 3]).dataSync())).toEqual(expected)
    expect(Array.from(random.bits(key, [6]).dataSync())).toEqual(expected)
    expect(random.bits(key).item()).toBe(expected[0])
    expect(random.bits(key, [0, 3]).shape).toEqual([0, 3])
    expect(() => random.bits(key, [-1])).toThrow(ShapeError)
  })
})

describe('under transforms', () => {
  const draws = {
    bits: (k: Parameters<typeof random.bits>[0]) => random.bits(k, [3]),
    uniform: (k) => random.uniform(k, [2, 2], { min: -1, max: 3 }),
    normal: (k) => random.normal(k, [3]),
    bernoulli: (k) => random.bernoulli(k, 0.3, [5]),
    categorical: (k) => random.categorical(k, np.array([0.1, 2, -1]), { shape: [4] }),
    randint: (k) => random.randint(k, [4], -3, 11),
    truncatedNormal: (k) => random.truncatedNormal(k, -1, 2, [4]),
    gumbel: (k) => random.gumbel(k, [2]),
    exponential: (k) => random.exponential(k, [2]),
    choice: (k) => random.choice(k, np.array([4, 5, 6]), [4], { p: np.array([0.2, 0.3, 0.5]) }),
    'choice without replacement': (k) => random.choice(k, 9, [2, 3], { replace: false }),
    permutation: (k) => random.permutation(k, 7),
    'permutation of columns': (k) => random.permutation(k, np.arange(12).reshape([3, 4]), 1),
    split: (k) => random.splitStacked(k, 3),
  } satisfies Record<string, (k: Parameters<typeof random.bits>[0]) => ReturnType<typeof random.bits>>

  it.each(Object.entries(draws))(
    '%s: vmap over keys is the stack of draws, jit changes nothing',
    (_, draw) => {
      const keys = random.split(random.key(11), 3)
      const stacked = np.stack(keys.map(draw)).toArray()
      expect(vmap(draw)(random.splitStacked(random.key(11), 3)).toArray()).toEqual(stacked)
      expect(keys.map((k) => jit(draw)(k).toArray())).toEqual(stacked)
      expect(jit(vmap(draw))(random.splitStacked(random.key(11), 3)).toArray()).toEqual(stacked)
    },
  )
})
