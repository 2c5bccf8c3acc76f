import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../src/debug.js'
import { DTypeError, grad, jit, makeGraph, nn, np, ShapeError, type Tensor, vmap } from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { f64, plain } from './doubles.js'

/** A convolution over two axes. */
type Setting = {
  readonly n: number
  readonly c: number
  readonly o: number
  readonly size: readonly [number, number]
  readonly window: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: readonly [readonly [number, number], readonly [number, number]]
  readonly lhsDilation: readonly [number, number]
  readonly rhsDilation: readonly [number, number]
  readonly featureGroupCount: number
  readonly batchGroupCount: number
  readonly seed: number
}

const int = (min: number, max: number) => fc.integer({ min, max })

const settings: fc.Arbitrary<Setting> = fc
  .constantFrom([1, 1], [2, 1], [4, 1], [1, 2], [1, 3])
  .chain(([featureGroupCount, batchGroupCount]) =>
    fc.record({
      n: int(1, 3).map((n) => n * batchGroupCount),
      c: int(1, 3).map((c) => c * featureGroupCount),
      o: int(1, 3).map((o) => o * featureGroupCount * batchGroupCount),
      size: fc.tuple(int(1, 7), int(1, 7)),
      window: fc.tuple(int(1, 4), int(1, 4)),
      strides: fc.tuple(int(1, 3), int(1, 3)),
      padding: fc.tuple(fc.tuple(int(-2, 3), int(-2, 3)), fc.tuple(int(-2, 3), int(-2, 3))),
      lhsDilation: fc.tuple(fc.constantFrom(1, 1, 2, 3), fc.constantFrom(1, 1, 2, 3)),
      rhsDilation: fc.tuple(fc.constantFrom(1, 1, 2, 3), fc.constantFrom(1, 1, 2, 3)),
      featureGroupCount: fc.constant(featureGroupCount),
      batchGroupCount: fc.constant(batchGroupCount),
      seed: int(1, 1e6),
    }),
  )

/** Numbers in (−1, 1) that look random. */
const numbers = (count: number, seed: number): Float64Array => {
  let state = seed
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return (2 * state) / 2147483647 - 1
  })
}

const tensor = (data: Float64Array, shape: readonly number[]): Tensor => np.array(data).reshape([...shape])

/** How often a kernel fits between the first and the last place. */
const places = (s: Setting, j: 0 | 1): number => {
  const last = (s.size[j] - 1) * s.lhsDilation[j] + s.padding[j][0] + s.padding[j][1]
  const reach = (s.window[j] - 1) * s.rhsDilation[j]
  return last < reach ? 0 : Math.floor((last - reach) / s.strides[j]) + 1
}

/** Calls `visit` with the places of an element of x, of w and of the result, for every product in the result. */
const forEachProduct = (s: Setting, visit: (x: number, w: number, out: number) => void): void => {
  const [h, width] = s.size
  const [kh, kw] = s.window
  const [oh, ow] = [places(s, 0), places(s, 1)]
  const inputs = s.c / s.featureGroupCount
  const examples = s.n / s.batchGroupCount
  for (let n = 0; n < examples; n++)
    for (let o = 0; o < s.o; o++)
      for (let y = 0; y < oh; y++)
        for (let x = 0; x < ow; x++)
          for (let i = 0; i < inputs; i++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const row = (y * s.strides[0] + ky * s.rhsDilation[0] - s.padding[0][0]) / s.lhsDilation[0]
                const column = (x * s.strides[1] + kx * s.rhsDilation[1] - s.padding[1][0]) / s.lhsDilation[1]
                if (!Number.isInteger(row) || !Number.isInteger(column)) continue
                if (row < 0 || row >= h || column < 0 || column >= width) continue
                const channel = Math.floor(o / (s.o / s.featureGroupCount)) * inputs + i
                const example = Math.floor(o / (s.o / s.batchGroupCount)) * examples + n
                visit(
                  ((example * s.c + channel) * h + row) * width + column,
                  ((o * inputs + i) * kh + ky) * kw + kx,
                  ((n * s.o + o) * oh + y) * ow + x,
                )
              }
}

const near = (got: Tensor, want: Float64Array): void => {
  expect(got.size).toBe(want.length)
  const worst = plain(got).reduce((m, x, i) => Math.max(m, Math.abs(x - want[i])), 0)
  expect(worst).toBeLessThan(1e-12)
}

const random = (s: Setting) => {
  const xShape = [s.n, s.c, ...s.size]
  const wShape = [s.o, s.c / s.featureGroupCount, ...s.window]
  const outShape = [s.n / s.batchGroupCount, s.o, places(s, 0), places(s, 1)]
  const count = (shape: readonly number[]) => shape.reduce((m, d) => m * d, 1)
  return {
    xs: numbers(count(xShape), s.seed),
    ws: numbers(count(wShape), s.seed + 1),
    cts: numbers(count(outShape), s.seed + 2),
    xShape,
    wShape,
    outShape,
  }
}

const options = ({
  strides,
  padding,
  lhsDilation,
  rhsDilation,
  featureGroupCount,
  batchGroupCount,
}: Setting): lax.ConvOptions => ({
  strides,
  padding,
  lhsDilation,
  rhsDilation,
  featureGroupCount,
  batchGroupCount,
})

describe('convGeneralDilated', () => {
  it('is the sum of its products, and so are both gradients', () => {
    let some = 0
    fc.assert(
      fc.property(settings, (s) => {
        const { xs, ws, cts, xShape, wShape, outShape } = random(s)
        const [out, dx, dw] = [cts, xs, ws].map((a) => new Float64Array(a.length))
        forEachProduct(s, (x, w, o) => {
          out[o] += xs[x] * ws[w]
          dx[x] += cts[o] * ws[w]
          dw[w] += cts[o] * xs[x]
          some++
        })
        const [x, w] = [tensor(xs, xShape), tensor(ws, wShape)]
        const y = lax.convGeneralDilated(x, w, options(s))
        expect(y.shape).toEqual(outShape)
        near(y, out)
        const weighted = (a: Tensor, b: Tensor) =>
          lax.convGeneralDilated(a, b, options(s)).mul(tensor(cts, outShape)).sum()
        near(grad(weighted)(x, w) as Tensor, dx)
        near(grad(weighted, { argnums: 1 })(x, w) as Tensor, dw)
      }),
      { numRuns: 150 },
    )
    expect(some).toBeGreaterThan(10_000)
  })

  it('has the gradients that differences give, to second order', () => {
    fc.assert(
      fc.property(settings, (s) => {
        const { xs, ws, xShape, wShape } = random(s)
        const f = (x: Tensor, w: Tensor) => np.sin(lax.convGeneralDilated(x, w, options(s))).sum()
        checkGrads(f, [tensor(xs, xShape), tensor(ws, wShape)], { order: 2 })
      }),
      { numRuns: 20 },
    )
  })

  it('is the same batched over either operand as one at a time, and under jit', () => {
    fc.assert(
      fc.property(settings, (s) => {
        const { xs, ws, xShape, wShape } = random(s)
        const f = (x: Tensor, w: Tensor) => lax.convGeneralDilated(x, w, options(s))
        const [x, w] = [tensor(xs, xShape), tensor(ws, wShape)]
        const [x2, w2] = [np.stack([x, x.mul(2)]), np.stack([w, w.mul(-1)])]
        const y = f(x, w)
        near(jit(f)(x, w), Float64Array.from(plain(y)))
        near(vmap(f, [0, null])(x2, w), Float64Array.from(plain(np.stack([y, y.mul(2)]))))
        near(vmap(f, [null, 0])(x, w2), Float64Array.from(plain(np.stack([y, y.mul(-1)]))))
        near(vmap(f)(x2, w2), Float64Array.from(plain(np.stack([y, y.mul(-2)]))))
      }),
      { numRuns: 40 },
    )
  })

  it('maps over a batch without unrolling it', () => {
    const f = (x: Tensor, w: Tensor) => lax.convGeneralDilated(x, w, { padding: 'SAME' })
    const x = np.ones([8, 1, 2, 5, 5])
    const w = np.ones([8, 3, 2, 3, 3])
    // the text of a graph has a line an equation
    const equations = (g: (x: Tensor, w: Tensor) => Tensor, a: Tensor, b: Tensor) =>
      String(makeGraph(g)(a, b)).split('\n').length
    expect(equations(vmap(f), x, w)).toBeLessThan(12)
    expect(equations(vmap(f), x, w)).toBe(
      equations(vmap(f), np.ones([2, 1, 2, 5, 5]), np.ones([2, 3, 2, 3, 3])),
    )
  })

  it('gives nothing where the kernel does not fit, and zeros as gradients', () => {
    const x = np.ones([2, 3, 2, 5], { dtype: 'float64' })
    const w = np.ones([4, 3, 3, 3], { dtype: 'float64' })
    expect(lax.convGeneralDilated(x, w).shape).toEqual([2, 4, 0, 3])
    const f = (a: Tensor, b: Tensor) => lax.convGeneralDilated(a, b).sum()
    expect(plain(grad(f)(x, w) as Tensor).every((v) => v === 0)).toBe(true)
    expect((grad(f, { argnums: 1 })(x, w) as Tensor).shape).toEqual([4, 3, 3, 3])
  })

  it('takes empty batches and no channels', () => {
    const w = np.ones([4, 3, 2])
    expect(lax.convGeneralDilated(np.ones([0, 3, 5]), w).shape).toEqual([0, 4, 4])
    expect(plain(lax.convGeneralDilated(np.ones([1, 0, 3]), np.ones([1, 0, 2])))).toEqual([0, 0])
  })

  it('converts to a common dtype', () => {
    const out = lax.convGeneralDilated(np.ones([1, 1, 2]), np.ones([1, 1, 1], { dtype: 'float64' }))
    expect(out.dtype).toBe('float64')
  })

  it.each([
    [[1, 3, 4], [2, 2, 1], {}, 'axis 1 of x'],
    [[1, 4, 4], [3, 2, 1], { featureGroupCount: 2 }, 'axis 0 of the kernel'],
    [[3, 1, 4], [2, 1, 1], { batchGroupCount: 2 }, 'axis 0 of x'],
    [[1, 4, 4], [2, 2, 1], { featureGroupCount: 2, batchGroupCount: 2 }, 'group counts'],
    [[1, 1, 4], [1, 1, 0], {}, 'got 0 for axis 2'],
    [[1, 1, 4, 4], [1, 1, 1, 1], { strides: [1, 0] }, 'strides, got 0 for axis 3'],
    [[1, 1, 4], [1, 1, 1], { strides: [1, 1] }, 'strides for each of 1 axes'],
    [[1, 1, 4], [1, 1, 1], { padding: [[0.5, 0] as const] }, 'for axis 2'],
    [[1, 1, 4], [1, 1, 1], { padding: 'SAME' as const, lhsDilation: [2] }, 'ambiguous'],
    [[1, 1, 4], [1, 1], {}, 'of the same rank'],
    [[3], [3], {}, 'x [n, c, …]'],
  ])('refuses x %j with a kernel %j and %j', (x, w, options, message) => {
    const run = () => lax.convGeneralDilated(np.ones(x), np.ones(w), options)
    expect(run).toThrow(ShapeError)
    expect(run).toThrow(message)
  })

  it('refuses bools', () => {
    const mask = np.array([true]).reshape([1, 1, 1])
    expect(() => lax.convGeneralDilated(mask, mask)).toThrow(DTypeError)
  })
})

describe('conv1d, conv2d, conv3d', () => {
  it('place as many outputs as a stride has steps with padding SAME', () => {
    const x = np.ones([1, 1, 7, 8])
    const w = np.ones([1, 1, 3, 4])
    expect(nn.functional.conv2d(x, w, { padding: 'SAME', stride: 2 }).shape).toEqual([1, 1, 4, 4])
    expect(nn.functional.conv2d(x, w, { padding: 'SAME', stride: [3, 1], dilation: 2 }).shape).toEqual([
      1, 1, 3, 8,
    ])
  })

  it('agree with each other where an axis has one element', () => {
    const x = tensor(numbers(30, 5), [2, 3, 5])
    const w = tensor(numbers(24, 6), [4, 3, 2])
    const line = plain(nn.functional.conv1d(x, w, { padding: 1, stride: 2 }))
    const plane = nn.functional.conv2d(x.reshape([2, 3, 1, 5]), w.reshape([4, 3, 1, 2]), {
      padding: [0, 1],
      stride: [1, 2],
    })
    const space = nn.functional.conv3d(x.reshape([2, 3, 1, 5, 1]), w.reshape([4, 3, 1, 2, 1]), {
      padding: [0, [1, 1], 0],
      stride: [1, 2, 1],
    })
    near(plane, Float64Array.from(line))
    near(space, Float64Array.from(line))
  })

  it('are depthwise with as many groups as channels', () => {
    const x = f64([1, 2, 3, 4]).reshape([1, 2, 2])
    const w = f64([10, 100]).reshape([2, 1, 1])
    expect(plain(nn.functional.conv1d(x, w, { groups: 2 }))).toEqual([10, 20, 300, 400])
  })

  it('refuse other ranks and too many numbers', () => {
    expect(() => nn.functional.conv2d(np.ones([1, 3, 4]), np.ones([1, 3, 2]))).toThrow(
      'conv2d: x [n, c, h, w]',
    )
    expect(() => nn.functional.conv1d(np.ones([1, 1, 4]), np.ones([1, 1, 2]), { stride: [1, 2] })).toThrow(
      'one for each of 1 spatial axes',
    )
    expect(() => nn.functional.conv1d(np.ones([1, 1, 4]), np.ones([1, 1, 2]), { padding: [1, 2] })).toThrow(
      'one padding',
    )
  })
})
