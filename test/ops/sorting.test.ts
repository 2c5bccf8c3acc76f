import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, grad, jit, np, random, ShapeError, type Tensor, vmap } from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { f64, plain } from './doubles.js'

/** Position 0 … n − 1 by key, NaN last, as a comparison sort that is known to be stable has it. */
const stably = (keys: readonly number[]): readonly number[] =>
  keys
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [keys[i], keys[j]]
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
      return a - b || 0
    })

const awkward = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, 0.5, Number.NaN))

describe('sort', () => {
  it.each(['float32', 'float64'] as const)('is stable among duplicates, zeros and NaN in %s', (dtype) => {
    fc.assert(
      fc.property(fc.array(awkward, { maxLength: 300 }), (keys) => {
        const x = np.array(keys, { dtype })
        const order = stably(keys)
        expect(np.argsort(x).toArray()).toEqual(order)
        const [sorted, carried] = lax.sort([x, np.arange(keys.length)], 0)
        expect(sorted.toArray()).toEqual(order.map((i) => keys[i]))
        expect(plain(carried)).toEqual(order)
      }),
      { numRuns: 60 },
    )
  })

  it('orders long lines of every 32-bit type, by digits', () => {
    const words = Array.from(random.bits(random.key(1), [400]).dataSync())
    const ascending = (a: number, b: number) => a - b
    expect(Array.from(np.sort(np.array(Uint32Array.from(words))).dataSync())).toEqual(
      [...words].sort(ascending),
    )
    const signed = words.map((w) => w | 0)
    expect(Array.from(np.sort(np.array(Int32Array.from(signed))).dataSync())).toEqual(
      [...signed].sort(ascending),
    )
    const floats = Float32Array.from(words, (w) =>
      w % 7 === 0 ? Number.NaN : w % 11 === 0 ? Infinity : (w | 0) / 3,
    )
    const order = stably([...floats])
    expect(np.argsort(np.array(floats)).toArray()).toEqual(order)
    const reversed = np.argsort(np.array(floats), { descending: true }).toArray() as number[]
    const finite = reversed.map((i) => floats[i]).filter((v) => !Number.isNaN(v))
    expect(finite).toEqual([...finite].sort((a, b) => (a === b ? 0 : b - a)))
    expect(reversed.slice(0, 5).every((i) => Number.isNaN(floats[i]))).toBe(true)
  })

  it('compares several keys, the first deciding first', () => {
    const [a, b, c] = lax.sort([np.array([1, 0, 1, 0]), np.array([2, 3, 1, 3]), np.array([0, 1, 2, 3])], 0, 2)
    expect([a, b, c].map((t) => t.toArray())).toEqual([
      [0, 0, 1, 1],
      [3, 3, 1, 2],
      [1, 3, 2, 0],
    ])
  })

  it('keeps the order of equal elements when descending, and flattens with axis null', () => {
    expect(np.argsort(f64([1, 2, 1, 2]), { descending: true }).toArray()).toEqual([1, 3, 0, 2])
    expect(np.sort(f64([1, Number.NaN, 2]), { descending: true }).toArray()).toEqual([Number.NaN, 2, 1])
    expect(
      np
        .sort(
          f64([
            [3, 1],
            [2, 0],
          ]),
          { axis: null },
        )
        .toArray(),
    ).toEqual([0, 1, 2, 3])
    expect(
      np
        .sort(
          f64([
            [3, 1],
            [2, 0],
          ]),
          { axis: 0 },
        )
        .toArray(),
    ).toEqual([
      [2, 0],
      [3, 1],
    ])
    expect(np.sort(np.array([true, false, true])).toArray()).toEqual([false, true, true])
  })

  it('sends the gradient where the elements were, ties in their order', () => {
    const weighted = (x: Tensor) =>
      np
        .sort(x)
        .mul(f64([1, 10, 100, 1000]))
        .sum()
    expect(plain(grad(weighted)(f64([5, 2, 5, 1])))).toEqual([100, 10, 1000, 1])
    const carried = (v: Tensor) =>
      lax
        .sort([f64([3, 1, 2]), v], 0)[1]
        .mul(f64([1, 10, 100]))
        .sum()
    expect(plain(grad(carried)(f64([0, 0, 0])))).toEqual([100, 1, 10])
  })

  it('has a second derivative', () => {
    const f = (x: Tensor) =>
      np
        .sort(x)
        .mul(np.sort(x))
        .mul(f64([1, 2]))
        .sum()
    expect(
      plain(
        grad((x: Tensor) =>
          grad(f)(x)
            .mul(f64([1, 1]))
            .sum(),
        )(f64([7, 3])),
      ),
    ).toEqual([4, 2])
  })

  it('refuses what it cannot order', () => {
    expect(() => lax.sort([np.ones([2]), np.ones([3])], 0)).toThrow(
      'sort: operands of one shape are required',
    )
    expect(() => lax.sort([np.ones([2])], 1)).toThrow(ShapeError)
    expect(() => lax.sort([np.ones([2])], 0, 2)).toThrow('sort: 1 to 1 keys are required, got 2')
    expect(() => np.sort(f64(3))).toThrow(ShapeError)
  })
})

describe('topK', () => {
  it('gives the greatest first, NaN before all, ties at the lower position first', () => {
    const [values, positions] = lax.topK(f64([2, Number.NaN, 5, 5, -Infinity, Number.NaN]), 5)
    expect(values.toArray()).toEqual([Number.NaN, Number.NaN, 5, 5, 2])
    expect(positions.toArray()).toEqual([1, 5, 2, 3, 0])
  })

  it('sends the gradient to the chosen, under vmap and jit too', () => {
    const top = (x: Tensor) =>
      lax
        .topK(x, 2)[0]
        .mul(f64([1, 10]))
        .sum()
    const rows = f64([
      [3, 9, 9],
      [4, 1, 2],
    ])
    expect(jit(vmap(grad(top)))(rows).toArray()).toEqual([
      [0, 1, 10],
      [1, 0, 10],
    ])
  })

  it('takes as many as there are, or none, and no more', () => {
    expect(lax.topK(f64([1, 2]), 0)[0].shape).toEqual([0])
    expect(() => lax.topK(f64([1, 2]), 3)).toThrow('topK: k up to the length of the last axis is required')
    expect(() => lax.topK(f64(1), 1)).toThrow(ShapeError)
    expect(() => lax.topK(np.array([true]), 1)).toThrow(DTypeError)
  })
})

describe('median and quantile', () => {
  it('takes the nearest element, of equally near ones that of the even place, as NumPy does', () => {
    const q = f64([0, 0.1, 0.125, 0.25, 0.375, 0.6, 0.625, 0.875, 1])
    const x = f64([16, 2, 4, 8, 1])
    expect(plain(np.quantile(x, q, { method: 'nearest' }))).toEqual([1, 1, 1, 2, 4, 4, 4, 16, 16])
    expect(plain(np.quantile(x, q, { method: 'midpoint' }))).toEqual([1, 1.5, 1.5, 2, 3, 6, 6, 12, 16])
  })

  it('has the derivative NaN where it is NaN', () => {
    for (const f of [np.median, (x: Tensor) => np.quantile(x, 0.3)])
      expect(plain(grad((x: Tensor) => f(x))(f64([NaN, 1, 2]))).some(Number.isNaN)).toBe(true)
    expect(plain(grad((x: Tensor) => np.median(x))(f64([3, 1, 2])))).toEqual([0, 0, 1])
  })

  it('refuses a number beyond 0 … 1, and gives NaN for such a tensor', () => {
    for (const q of [1.5, -0.1, NaN])
      expect(() => np.quantile(f64([1, 2]), q)).toThrow('quantile: q from 0 to 1')
    expect(plain(np.quantile(f64([1, 2]), f64([1.5, 0.5, -1])))).toEqual([NaN, 1.5, NaN])
  })

  it('interpolate as the methods say', () => {
    const x = f64([8, 1, 4, 2])
    const of = (method: 'linear' | 'lower' | 'higher' | 'midpoint') => np.quantile(x, 0.4, { method }).item()
    expect(of('linear')).toBeCloseTo(2.4, 12)
    expect([of('lower'), of('higher'), of('midpoint')]).toEqual([2, 4, 3])
    expect(np.quantile(x, f64([0, 1])).toArray()).toEqual([1, 8])
  })

  it('reduce any axes', () => {
    const x = np.arange(24).reshape([2, 3, 4])
    expect(np.median(x, { axis: [0, 2] }).toArray()).toEqual([7.5, 11.5, 15.5])
    expect(np.median(x, { axis: 1, keepdims: true }).shape).toEqual([2, 1, 4])
    expect(np.quantile(x, np.array([0.5]), { axis: 1, keepdims: true }).shape).toEqual([1, 2, 1, 4])
    expect(() => np.median(np.zeros([0]))).toThrow(ShapeError)
  })

  it('give NaN for NaN, and infinities where they are', () => {
    expect(np.median(f64([1, Number.NaN, 2])).item()).toBe(Number.NaN)
    expect(np.median(f64([1, Infinity, -Infinity])).item()).toBe(1)
    expect(np.median(f64([Infinity, Infinity, 1, 2])).item()).toBe(Infinity)
    expect(np.quantile(f64([-Infinity, 2, 3]), 0.25, { method: 'higher' }).item()).toBe(2)
  })

  it('share the gradient between the two in the middle', () => {
    expect(plain(grad((x: Tensor) => np.median(x))(f64([4, 1, 3, 2])))).toEqual([0, 0, 0.5, 0.5])
    expect(plain(grad((x: Tensor) => np.median(x))(f64([4, 3, 3, 2])))).toEqual([0, 0.5, 0.5, 0])
    expect(plain(grad((x: Tensor) => np.median(x))(f64([4, 1, 3])))).toEqual([0, 0, 1])
    expect(grad((q: Tensor) => np.quantile(f64([0, 10, 30]), q))(f64(0.75)).item()).toBe(40)
  })
})

describe('searchsorted', () => {
  const inOrder = (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b)
      ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
      : Number(a > b) - Number(a < b)

  it.each(['left', 'right'] as const)('counts what is before, and NaN is last: %s', (side) => {
    const numbers = fc.oneof(awkward, fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 40 }), fc.array(numbers, { maxLength: 20 }), (line, vs) => {
        const sorted = [...line].sort(inOrder)
        const wanted = vs.map(
          (v) => sorted.filter((x) => inOrder(x, v) < 0 || (side === 'right' && inOrder(x, v) === 0)).length,
        )
        const search = (a: Tensor, v: Tensor) => np.searchsorted(a, v, { side })
        const operands = [np.array(sorted), np.array(vs)] as const
        expect(search(...operands).toArray()).toEqual(wanted)
        expect(jit(search)(...operands).toArray()).toEqual(wanted)
        expect(search(...operands).dtype).toBe('int32')
      }),
      { numRuns: 40 },
    )
  })

  it('takes integers, values of any shape, and batches', () => {
    const line = np.array([1, 3, 3, 7], { dtype: 'int32' })
    const values = np.array(
      [
        [0, 3],
        [8, 7],
      ],
      { dtype: 'int32' },
    )
    expect(np.searchsorted(line, values).toArray()).toEqual([
      [0, 1],
      [4, 3],
    ])
    expect(np.searchsorted(line, values, { side: 'right' }).toArray()).toEqual([
      [0, 3],
      [4, 4],
    ])
    const lines = np.array([
      [1, 2, 3],
      [2, 4, 6],
    ])
    const each = vmap((a: Tensor, v: Tensor) => np.searchsorted(a, v))
    expect(each(lines, np.array([3, 3])).toArray()).toEqual([2, 1])
    expect(() => np.searchsorted(lines, 3)).toThrow(ShapeError)
    // @ts-expect-error: no such side
    expect(() => np.searchsorted(line, 3, { side: 'middle' })).toThrow('left or right')
  })
})
