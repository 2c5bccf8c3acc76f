import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/debug.js'
import {
  devices,
  jit,
  loadBackend,
  nn,
  np,
  random,
  scan,
  type Tensor,
  whileLoop,
} from '../../../src/index.js'
import * as linalg from '../../../src/linalg.js'

const backend = 'gpujs:cpu'
await loadBackend(backend)

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]

const flat = (x: Tensor): readonly number[] => [x.toArray()].flat(9) as number[]

/** In scalar kernels, the results of the reference: NaN, infinities and zeros the same, else to `tolerance`. */
const expectSame = <A extends readonly Tensor[]>(
  f: (...args: A) => Tensor,
  args: A,
  tolerance = 2e-6,
): void => {
  const want = flat(jit(f)(...args))
  const got = flat(jit(f, { backend })(...args))
  expect(got.length).toBe(want.length)
  want.forEach((w, i) => {
    if (!Number.isFinite(w) || w === 0) expect(got[i], `element ${i}, ${f}`).toBe(w)
    else
      expect(Math.abs(got[i] - w), `element ${i}: ${got[i]}, not ${w}`).toBeLessThanOrEqual(
        tolerance * Math.abs(w),
      )
  })
}

const kernelsOf = (f: (x: Tensor) => Tensor, x: Tensor): readonly string[] =>
  explain(jit(f, { backend }).lower(x)).match(/function\(b0/g) ?? []

const values = np.array([
  ...[0, 1e-6, 1e-3, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3, 5, 9, 20, 50, 88, 1e4, 1e5, 3e38, inf],
  ...[-0, -1e-6, -0.1, -0.5, -0.9, -1, -2, -3.5, -20, -1e4, -inf, nan],
])

describe('scalar kernels', () => {
  it('functions of one number, over their range and beyond it', () => {
    for (const f of [np.exp, np.tanh, np.log1p, np.expm1, np.asinh, np.acosh, np.atanh, np.log, np.atan])
      expectSame((x: Tensor) => f(x), [values], 4e-6)
    for (const f of [np.asin, np.acos, np.cbrt, np.sinh, np.cosh, np.erf, np.erfc, nn.sigmoid, np.round])
      expectSame((x: Tensor) => f(x), [values], 4e-6)
    const angles = np.array([0, -0, 0.1, 1, 2, 3.14, 50, 1e4, -1, -1e4, 1e5, inf, nan])
    for (const f of [np.sin, np.cos, np.tan]) expectSame((x: Tensor) => f(x), [angles], 1e-5)
  })

  it('functions of two numbers: NaN in extrema, powers, remainders, angles of all quarters', () => {
    expectSame((x: Tensor) => np.maximum(x, 1).add(np.minimum(x, -1)), [values])
    const bases = np.array([-2, -3, 0, -4, -1, 2, inf, -inf, 0, 1, nan, -0])
    for (const exponent of [3, 2, 0, -1, 0.5, 70, -3, inf, nan])
      expectSame((x: Tensor) => np.power(x, exponent), [bases], 1e-5)
    for (const divisor of [3, -3, 0.5]) expectSame((x: Tensor) => np.remainder(x, divisor), [bases], 1e-5)
    const sides = np.array([1, -1, 0, -0, 2, -2, inf, -inf])
    expectSame((x: Tensor) => np.atan2(x.reshape([8, 1]), x), [sides])
  })

  it('a long reduction of few results runs in stages, of any length', () => {
    for (const n of [2047, 2048, 4099, 100003, 1000000]) {
      const x = random.normal(random.key(n), [n])
      expectSame((x: Tensor) => x.max(), [x])
      expectSame((x: Tensor) => np.argmax(x), [x])
      expectSame((x: Tensor) => np.cumsum(np.zeros([1])).add(np.abs(x).sum()), [x], 1e-5)
    }
    expect(kernelsOf((x) => x.max(), np.zeros([1000000])).length).toBeGreaterThan(2)
    expect(kernelsOf((x) => x.max(), np.zeros([100])).length).toBe(1)
  })

  it('indices of every number of axes, lengths that are powers of two and that are not', () => {
    for (const shape of [[5], [4, 8], [3, 5, 7], [2, 3, 4, 5], [16, 1, 6]])
      expectSame(
        (x: Tensor) => x.transpose().mul(2).add(np.arange(shape[0])),
        [
          np
            .arange(shape.reduce((a, b) => a * b))
            .astype('float32')
            .reshape(shape),
        ],
      )
  })

  it('arrays beyond 2²⁴ elements are addressed exactly', () => {
    const n = 2 ** 24 + 5
    const y = jit((x: Tensor) => x.get({ start: n - 4 }).mul(2), { backend })(
      np.arange(n).astype('float32').mul(0.5),
    )
    expect(y.toArray()).toEqual([n - 4, n - 3, n - 2, n - 1].map((i) => Math.fround(i)))
  })

  it('contractions, with what follows them', () => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [7, 5, 3],
      [33, 16, 6],
      [2, 5000, 2],
    ]) {
      const [a, b] = [random.normal(random.key(m), [m, k]), random.normal(random.key(n), [n, k])]
      expectSame((a: Tensor, b: Tensor) => np.maximum(np.matmul(a, b.transpose()).add(10), 0), [a, b], 1e-4)
    }
  })

  it('loops slice and stack where arrays are; a value of the device ends a loop', () => {
    const xs = random.normal(random.key(1), [6, 5])
    const run = (xs: Tensor) =>
      scan((c: Tensor, x: Tensor) => [np.tanh(c.add(x)), c.mul(x)] as const, np.zeros([5]), np.sin(xs))[1]
    expectSame(run, [xs], 1e-5)
    const doubled = (x: Tensor) =>
      whileLoop(
        (v: Tensor) => v.sum().less(100),
        (v: Tensor) => v.mul(2),
        x,
      )
    expectSame(doubled, [np.array([1, 2, 3])])
    // no run at all
    expectSame(doubled, [np.array([100, 2, 3])])
  })

  it('seven arrays at a time; what needs more is on the host, and says so', () => {
    const many = Array.from({ length: 20 }, (_, i) => np.full([5], i))
    expectSame((...xs: readonly Tensor[]) => xs.reduce((a, b) => a.add(b)), many)
    const sources = explain(
      jit((...xs: readonly Tensor[]) => xs.reduce((a, b) => a.add(b)), { backend }).lower(...many),
    )
    expect(sources).toContain('on the device')
    expect(sources).not.toMatch(/function\([^)]*\bb7\b/)
  })

  it('integers beyond 2²⁴ and routines of the host are exact, and say where they run', () => {
    const f = jit((x: Tensor) => x.add(1), { backend })
    const x = np.array([2 ** 24 + 1, 2 ** 30 + 3], { dtype: 'int32' })
    expect(f(x).toArray()).toEqual([2 ** 24 + 2, 2 ** 30 + 4])
    expect(explain(f.lower(x))).toContain('on the host: an integer that may exceed 2²⁴')
    const spd = np.array([
      [4, 1],
      [1, 3],
    ])
    expectSame((a: Tensor) => linalg.cholesky(a.add(1)).mul(2), [spd])
  })

  it('results can be donated, and what was donated is gone', () => {
    const f = jit((x: Tensor) => [x.add(1), x.mul(2)] as const, { backend, donate: [0] })
    const x = np.array([1, 2]).add(0)
    const [y, z] = f(x)
    expect(jit((y: Tensor) => y.mul(2), { backend, donate: [0] })(y).toArray()).toEqual([4, 6])
    expect(z.toArray()).toEqual([2, 4])
    expect(() => x.toArray()).toThrow(/donated/)
  })

  it('an array of no elements needs no kernel', () => {
    expect(jit((x: Tensor) => x.add(1), { backend })(np.zeros([0, 3])).shape).toEqual([0, 3])
    expect(jit((x: Tensor) => x.sum(), { backend })(np.zeros([0])).item()).toBe(0)
  })

  it('float64 is refused by name', () => {
    expect(() => jit((x: Tensor) => x.add(1), { backend })(np.zeros([2], { dtype: 'float64' }))).toThrow(
      /float64|f64/,
    )
  })

  it('devices() lists the modes, or why they cannot start', async () => {
    const there = await devices()
    expect(there.find((d) => d.name === backend)).toMatchObject({ isHardware: false })
    expect(there.find((d) => d.name === 'gpujs:webgl2')).toMatchObject({
      isHardware: null,
      description: expect.stringContaining('an OpenGL context is required'),
    })
  })
})
