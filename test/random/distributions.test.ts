import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, GradError, jit, np, random, ShapeError, type Tensor, vmap } from '../../src/index.js'
import { nextAfter } from '../../src/random/nextAfter.js'

const values = (t: Tensor): readonly number[] => Array.from(t.dataSync())
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
const moment = (xs: readonly number[], n: number) => {
  const m = mean(xs)
  return mean(xs.map((x) => (x - m) ** n))
}
const count = 40_000

/** Mean and variance within five standard errors of what they should be. */
const expectMoments = (
  xs: readonly number[],
  expected: { mean: number; variance: number; kurtosis: number },
) => {
  const { variance, kurtosis } = expected
  expect(Math.abs(mean(xs) - expected.mean)).toBeLessThan(5 * Math.sqrt(variance / xs.length))
  expect(Math.abs(moment(xs, 2) - variance)).toBeLessThan(
    5 * variance * Math.sqrt((kurtosis - 1) / xs.length),
  )
}

describe('values that JAX documents (partitionable threefry)', () => {
  // docs.jax.dev: jax.random module, "PRNG keys"; Pseudorandom numbers, "Explicit random state" and
  // "Lack of sequential equivalence"
  it('uniform', () => {
    expect(random.uniform(random.key(0)).item()).toBeCloseTo(0.947667, 6)
    expect(random.uniform(random.split(random.key(0))[1]).item()).toBeCloseTo(0.00729382, 8)
  })

  it('normal', () => {
    const key = random.key(42)
    const documented = [-0.02830462, 0.46713185, 0.29570296]
    values(random.normal(key, [3])).forEach((x, i) => {
      expect(Math.abs(x - documented[i])).toBeLessThan(2e-7)
    })
    const individually = [0.07592554, 0.60576403, 0.4323065]
    random.split(key, 3).forEach((k, i) => {
      expect(Math.abs(random.normal(k).item() - individually[i])).toBeLessThan(2e-7)
    })
  })
})

describe('uniform', () => {
  it('has 23 bits in float32 and 52 in float64, made of the same words', () => {
    const single = values(random.uniform(random.key(5), [100]))
    const double = values(random.uniform(random.key(5), [100], { dtype: 'float64' }))
    expect(single.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 23))).toBe(true)
    expect(double.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 52))).toBe(true)
    expect(double.some((x) => !Number.isInteger(x * 2 ** 40))).toBe(true)
    expectMoments(double, { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 })
  })

  it('is max(min, u·(max − min) + min), each step rounded', () => {
    const f = Math.fround
    const [min, max] = [f(-0.3), f(0.7)]
    const u = values(random.uniform(random.key(9), [50]))
    const x = values(random.uniform(random.key(9), [50], { min: -0.3, max: 0.7 }))
    expect(x).toEqual(u.map((v) => Math.max(min, f(f(v * f(max - min)) + min))))
    const bounds = { min: np.full([50], -0.3), max: np.array(0.7) }
    expect(values(random.uniform(random.key(9), [50], bounds))).toEqual(x)
  })

  it('has the moments of [−2, 3)', () => {
    const x = values(random.uniform(random.key(1), [count], { min: -2, max: 3 }))
    expect(x.every((v) => v >= -2 && v <= 3)).toBe(true)
    expectMoments(x, { mean: 0.5, variance: 25 / 12, kurtosis: 1.8 })
    expect(() => random.uniform(random.key(1), [], { min: 1, max: 0 })).toThrow('uniform: min <= max')
    expect(() => random.uniform(random.key(1), [], { min: -3e38, max: 3e38 })).toThrow('a float32')
  })

  it('never reaches max, and draws the numbers of the dtype in between alike', () => {
    for (const [min, max] of [
      [1e7, 1e7 + 1],
      [1e7, 1e7 + 4],
      [-1e7 - 4, -1e7],
      [1, 1 + 2 ** -20],
    ]) {
      const x = values(random.uniform(random.key(2), [4000], { min, max }))
      const asTensors = { min: np.array(min), max: np.array([max]) }
      expect(values(random.uniform(random.key(2), [4000], asTensors))).toEqual(x)
      expect(Math.max(...x)).toBeLessThan(max)
      expect(Math.min(...x)).toBeGreaterThanOrEqual(min)
    }
    const four = values(random.uniform(random.key(2), [4000], { min: 1e7, max: 1e7 + 4 }))
    // the standard deviation of each count is 27
    for (const v of [0, 1, 2, 3])
      expect(Math.abs(four.filter((x) => x === 1e7 + v).length - 1000)).toBeLessThan(140)
    const wide = { min: 2 ** 53, max: 2 ** 53 + 4, dtype: 'float64' } as const
    expect(Math.max(...values(random.uniform(random.key(3), [2000], wide)))).toBe(2 ** 53 + 2)
    expect(values(random.uniform(random.key(3), [3], { min: 2, max: 2 }))).toEqual([2, 2, 2])
  })

  it('keeps its relatives within their bounds', () => {
    const near = values(random.truncatedNormal(random.key(4), 1, 1 + 2 ** -20, [2000]))
    expect(Math.min(...near)).toBeGreaterThan(1)
    expect(Math.max(...near)).toBeLessThan(1 + 2 ** -20)
    const n = values(random.randint(random.key(5), [2000], 2 ** 31 - 4, 2 ** 31))
    expect([Math.min(...n), Math.max(...n)]).toEqual([2 ** 31 - 4, 2 ** 31 - 1])
    for (const draw of [random.exponential, random.gumbel, random.normal])
      expect(values(draw(random.key(6), [200000])).every(Number.isFinite)).toBe(true)
  })
})

describe('normal', () => {
  it.each(['float32', 'float64'] as const)('has the moments of N(0, 1) in %s', (dtype) => {
    const x = random.normal(random.key(2), [count], { dtype })
    expect(x.dtype).toBe(dtype)
    const v = values(x)
    expectMoments(v, { mean: 0, variance: 1, kurtosis: 3 })
    expect(Math.abs(moment(v, 3))).toBeLessThan(5 * Math.sqrt(6 / count))
    expect(Math.abs(moment(v, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count))
  })

  it('is independent between keys', () => {
    const [a, b] = random.split(random.key(3)).map((k) => values(random.normal(k, [count])))
    expect(Math.abs(mean(a.map((x, i) => x * b[i])))).toBeLessThan(5 / Math.sqrt(count))
  })
})

describe('truncatedNormal', () => {
  it('stays inside and has the moments', () => {
    const [a, b] = [-1, 2]
    const x = values(random.truncatedNormal(random.key(4), a, b, [count]))
    expect(x.every((v) => v > a && v < b)).toBe(true)
    const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI)
    const z = 0.8185946141203637 // Φ(2) − Φ(−1)
    const m = (density(a) - density(b)) / z
    const variance = 1 + (a * density(a) - b * density(b)) / z - m * m
    expectMoments(x, { mean: m, variance, kurtosis: 3 })
  })

  it('stays inside far out, where rounding presses against the bound', () => {
    const x = values(random.truncatedNormal(random.key(4), 4, 4.001, [1000]))
    expect(x.every((v) => v > 4 && v < Math.fround(4.001))).toBe(true)
    expect(() => random.truncatedNormal(random.key(4), 1, 1)).toThrow('lower < upper')
  })
})

describe('bernoulli', () => {
  it('is true with probability p', () => {
    const x = values(random.bernoulli(random.key(5), 0.3, [count]))
    expectMoments(x, { mean: 0.3, variance: 0.21, kurtosis: (1 - 3 * 0.21) / 0.21 })
    const byElement = random.bernoulli(random.key(5), np.array([0, 1, 0, 1]))
    expect(byElement.dtype).toBe('bool')
    expect(values(byElement)).toEqual([0, 1, 0, 1])
    expect(() => random.bernoulli(random.key(5), np.array([1, 0], { dtype: 'int32' }))).toThrow(DTypeError)
  })
})

describe('gumbel and exponential', () => {
  it('have their moments', () => {
    const gumbel = values(random.gumbel(random.key(6), [count]))
    expectMoments(gumbel, { mean: 0.5772156649, variance: Math.PI ** 2 / 6, kurtosis: 5.4 })
    const exponential = values(random.exponential(random.key(6), [count]))
    expect(exponential.every((x) => x >= 0 && Number.isFinite(x))).toBe(true)
    expectMoments(exponential, { mean: 1, variance: 1, kurtosis: 9 })
  })
})

describe('categorical', () => {
  const p = [0.1, 0.2, 0.3, 0.4]

  it('draws classes as often as softmax says', () => {
    const logits = np.array(p.map((q) => Math.log(q) + 5))
    const x = values(random.categorical(random.key(7), logits, { shape: [count] }))
    p.forEach((q, c) => {
      const share = x.filter((v) => v === c).length / count
      expect(Math.abs(share - q)).toBeLessThan(5 * Math.sqrt((q * (1 - q)) / count))
    })
  })

  it('takes an axis, and a batch of logits', () => {
    const sure = np.array([
      [0, -200, -200],
      [-200, 0, -200],
      [-200, -200, 0],
      [0, -200, -200],
    ])
    expect(random.categorical(random.key(8), sure).toArray()).toEqual([0, 1, 2, 0])
    expect(random.categorical(random.key(8), sure.transpose(), { axis: 0 }).toArray()).toEqual([0, 1, 2, 0])
    expect(random.categorical(random.key(8), sure, { shape: [2, 4] }).toArray()).toEqual([
      [0, 1, 2, 0],
      [0, 1, 2, 0],
    ])
    expect(() => random.categorical(random.key(8), sure, { shape: [3] })).toThrow(ShapeError)
    expect(() => random.categorical(random.key(8), sure, { axis: 2 })).toThrow(ShapeError)
  })
})

describe('randint', () => {
  it('follows the formula in 32-bit arithmetic, for any range', () => {
    const bound = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(fc.nat(), bound, bound, (seed, a, b) => {
        fc.pre(a !== b)
        const [min, max] = a < b ? [a, b] : [b, a]
        const key = random.key(seed)
        const [high, low] = random.split(key).map((k) => values(random.bits(k, [5])).map(BigInt))
        const n = BigInt(max - min)
        const word = 2n ** 32n
        const m = ((((2n ** 16n % n) ** 2n % word) % n) + n) % n
        const expected = high.map((h, i) => Number((((h % n) * m + (low[i] % n)) % word) % n) + min)
        expect(values(random.randint(key, [5], min, max))).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  it('is uniform, and covers whole ranges', () => {
    const dice = values(random.randint(random.key(9), [count], 1, 7))
    for (let face = 1; face <= 6; face++) {
      const share = dice.filter((v) => v === face).length / count
      expect(Math.abs(share - 1 / 6)).toBeLessThan(5 * Math.sqrt(5 / 36 / count))
    }
    const all = random.randint(random.key(9), [100], 0, 2 ** 32, { dtype: 'uint32' })
    expect(values(all)).toEqual(values(random.bits(random.split(random.key(9))[1], [100])))
    expect(values(random.randint(random.key(9), [100], -(2 ** 31), 2 ** 31)).some((v) => v < 0)).toBe(true)
  })

  it.each([
    [0, 0],
    [0.5, 2],
    [0, 2 ** 31 + 1],
  ])('refuses the range %s to %s', (min, max) => {
    expect(() => random.randint(random.key(0), [], min, max)).toThrow(GradError)
  })
})

describe('permutation', () => {
  it('sorts by fresh words in each round', () => {
    const n = 2000 // enough for a second round
    const rounds = Math.ceil((3 * Math.log(n)) / Math.log(2 ** 32 - 1))
    let key = random.key(10)
    let expected = Array.from({ length: n }, (_, i) => i)
    for (let r = 0; r < rounds; r++) {
      const [next, subkey] = random.split(key)
      const words = values(random.bits(subkey, [n]))
      expected = expected
        .map((value, place) => ({ value, word: words[place] }))
        .sort((a, b) => a.word - b.word)
        .map((e) => e.value)
      key = next
    }
    expect(random.permutation(random.key(10), n).toArray()).toEqual(expected)
  })

  it('keeps every element once, and every order is as likely', () => {
    const orders = new Map<string, number>()
    for (const key of random.split(random.key(12), 600)) {
      const order = random.permutation(key, 3).toArray()
      orders.set(JSON.stringify(order), (orders.get(JSON.stringify(order)) ?? 0) + 1)
    }
    expect(orders.size).toBe(6)
    for (const n of orders.values()) expect(Math.abs(n - 100)).toBeLessThan(5 * Math.sqrt(600 * (5 / 36)))
  })

  it('moves slices of a tensor together', () => {
    const x = np.arange(12).reshape([4, 3])
    const order = values(random.permutation(random.key(13), 4))
    expect(random.permutation(random.key(13), x).toArray()).toEqual(
      order.map((i) => [3 * i, 3 * i + 1, 3 * i + 2]),
    )
    expect(random.permutation(random.key(13), x.transpose(), -1).transpose().toArray()).toEqual(
      random.permutation(random.key(13), x).toArray(),
    )
    expect(random.permutation(random.key(13), 0).shape).toEqual([0])
    expect(() => random.permutation(random.key(13), -1)).toThrow(GradError)
    expect(() => random.permutation(random.key(13), x, 2)).toThrow(ShapeError)
  })
})

describe('choice', () => {
  it('follows the weights, and never takes an element of weight 0', () => {
    const p = [0, 0.25, 0, 0.75, 0]
    const x = values(random.choice(random.key(14), 5, [count], { p: np.array(p) }))
    p.forEach((q, c) => {
      const share = x.filter((v) => v === c).length / count
      if (q === 0) expect(share).toBe(0)
      else expect(Math.abs(share - q)).toBeLessThan(5 * Math.sqrt((q * (1 - q)) / count))
    })
  })

  it('draws where the uniform number falls among the sums of the weights', () => {
    const p = np.array([0.1, 0, 0.4, 0.2, 0.3])
    const key = random.key(3)
    const sums = np.cumsum(p, 0)
    const r = sums.get(-1).mul(np.array(1).sub(random.uniform(key, [40, 7])))
    const below = np.sum(np.less(sums, r.reshape([40, 7, 1])).astype('int32'), { axis: 2 })
    expect(random.choice(key, 5, [40, 7], { p }).toArray()).toEqual(below.toArray())
    expect(jit((q: Tensor) => random.choice(key, 5, [40, 7], { p: q }))(p).toArray()).toEqual(below.toArray())
  })

  it('of 20,000 of 20,000 takes the memory of a few arrays of that size', () => {
    const draw = jit((p: Tensor) => random.choice(random.key(1), 20_000, [20_000], { p }), {
      backend: 'wasm',
    })
    const p = np.arange(20_000).astype('float32')
    expect(draw.lower(p).peakBytes()).toBeLessThan(40 * 4 * 20_000)
    expect(draw(p).astype('float32').mean().item()).toBeCloseTo(20_000 * (2 / 3), -3)
  })

  it('without replacement follows the weights too', () => {
    const p = [0.5, 0, 0.125, 0.375]
    const draw = (k: Tensor) => random.choice(k, 4, [3], { replace: false, p: np.array(p) })
    const draws = values(vmap(draw)(random.bits(random.key(16), [count, 2])))
    for (let i = 0; i < draws.length; i += 3)
      expect([...draws.slice(i, i + 3)].sort((a, b) => a - b)).toEqual([0, 2, 3])
    // the second of two: p_i·Σ_{j ≠ i} p_j / (1 − p_j)
    const second = (i: number) => p[i] * p.reduce((sum, q, j) => sum + (j === i ? 0 : q / (1 - q)), 0)
    for (const [place, chance] of [
      [0, (i: number) => p[i]],
      [1, second],
    ] as const)
      p.forEach((_, i) => {
        const q = chance(i)
        const share = draws.filter((v, at) => at % 3 === place && v === i).length / count
        expect(Math.abs(share - q)).toBeLessThanOrEqual(5 * Math.sqrt((q * (1 - q)) / count))
      })
  })

  it.each([
    [[0.5, -0.5, 1], 'got -0.5'],
    [[Number.NaN, 1, 1], 'got NaN'],
    [[1, Number.POSITIVE_INFINITY, 1], 'got Infinity'],
    [[0, 0, 0], 'got 0 above 0'],
  ] as const)('refuses weights %j', (p, got) => {
    expect(() => random.choice(random.key(1), 3, [2], { p: np.array(p) })).toThrow(got)
    expect(() => random.choice(random.key(1), 3, [2], { replace: false, p: np.array(p) })).toThrow(got)
  })

  it('refuses more draws without replacement than there are positive weights', () => {
    const p = np.array([0.5, 0, 0.5])
    const draw = (n: number) => random.choice(random.key(1), 3, [n], { replace: false, p })
    expect(() => draw(3)).toThrow('3 of them above, are required, got 2 above 0')
    expect(draw(2).sum().item()).toBe(2)
    expect(
      random
        .choice(random.key(1), 3, [3], { replace: false, p: np.ones([3]) })
        .sum()
        .item(),
    ).toBe(3)
  })

  it('without replacement takes each at most once', () => {
    const x = values(random.choice(random.key(15), 10, [2, 5], { replace: false }))
    expect([...x].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(random.choice(random.key(15), np.zeros([4, 3]), [2]).shape).toEqual([2, 3])
    expect(() => random.choice(random.key(15), 3, [4], { replace: false })).toThrow('at most 3 draws')
    expect(() => random.choice(random.key(15), 0)).toThrow(GradError)
    expect(() => random.choice(random.key(15), 3, [], { p: np.ones([2]) })).toThrow(ShapeError)
  })
})

describe('nextAfter', () => {
  it('steps to the neighbour', () => {
    expect(nextAfter(-1, 1, 'float32')).toBe(-(1 - 2 ** -24))
    expect(nextAfter(-1, 1, 'float64')).toBe(-(1 - 2 ** -53))
    expect(nextAfter(1, 1, 'float32')).toBe(1 + 2 ** -23)
    expect(nextAfter(0, -1, 'float32')).toBe(-(2 ** -149))
    expect(nextAfter(0, 1, 'float64')).toBe(Number.MIN_VALUE)
    expect(nextAfter(Number.MAX_VALUE, 1, 'float64')).toBe(Number.POSITIVE_INFINITY)
    expect(nextAfter(Number.POSITIVE_INFINITY, 1, 'float32')).toBe(Number.POSITIVE_INFINITY)
  })
})
