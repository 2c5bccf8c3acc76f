import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { grad, nn, np, ShapeError, type Tensor } from '../../../src/index.js'
import { hashed } from '../../models/torch/hashed.js'

const int = (min: number, max: number) => fc.integer({ min, max })
const pair = (min: number, max: number) => fc.tuple(int(min, max), int(min, max))

const tensor = (seed: number, shape: readonly number[]): Tensor =>
  np.array(
    Float64Array.from(
      hashed(
        seed,
        shape.reduce((n, d) => n * d, 1),
      ),
    ),
    { shape },
  )

const inner = (a: Tensor, b: Tensor): number => a.mul(b).sum().item()

/** A transposed convolution whose output is at least 1×1. */
const settings = fc
  .record({
    n: int(1, 2),
    groups: int(1, 2),
    c: int(1, 2),
    o: int(1, 2),
    size: pair(1, 5),
    window: pair(1, 3),
    stride: pair(1, 3),
    dilation: pair(1, 2),
    padding: pair(0, 2),
    extra: pair(0, 2),
  })
  .map((s) => ({
    ...s,
    outputPadding: s.extra.map((e, j) => Math.min(e, s.stride[j] - 1)),
  }))
  .map((s) => ({
    ...s,
    output: s.size.map(
      (d, j) =>
        (d - 1) * s.stride[j] - 2 * s.padding[j] + s.dilation[j] * (s.window[j] - 1) + s.outputPadding[j] + 1,
    ),
  }))
  .filter((s) => s.output.every((d) => d >= 1))

it('is the transpose of conv2d: ⟨conv2d(y, w), x⟩ = ⟨y, convTranspose2d(x, w)⟩', () => {
  fc.assert(
    fc.property(settings, ({ n, groups, c, o, size, window, output, outputPadding, ...s }) => {
      const options = { stride: s.stride, dilation: s.dilation, padding: s.padding, groups }
      const x = tensor(1, [n, c * groups, ...size])
      const w = tensor(2, [c * groups, o, ...window])
      const y = tensor(3, [n, o * groups, ...output])
      const turned = nn.functional.convTranspose2d(x, w, { ...options, outputPadding })
      expect(turned.shape).toEqual(y.shape)
      expect(inner(y, turned)).toBeCloseTo(inner(nn.functional.conv2d(y, w, options), x), 9)
    }),
    { numRuns: 60 },
  )
})

/** out[stride·p + dilation·k − padding] += x[p]·w[k], written out. */
const naively = (x: Tensor, w: Tensor, s: Record<string, number>): readonly number[] => {
  const [xs, ws] = [x.toArray() as number[][][][], w.toArray() as number[][][][]]
  const [n, m] = [xs[0][0][0].length, ws[0][0][0].length]
  const size = (n - 1) * s.stride - 2 * s.padding + s.dilation * (m - 1) + s.outputPadding + 1
  const out = new Array<number>(Math.max(0, size)).fill(0)
  for (let p = 0; p < n; p++)
    for (let k = 0; k < m; k++) {
      const at = s.stride * p + s.dilation * k - s.padding
      if (at >= 0 && at < size) out[at] += xs[0][0][0][p] * ws[0][0][0][k]
    }
  return out
}

it('is right for every output padding below stride or dilation', () => {
  expect(
    nn.functional
      .convTranspose2d(np.array([[[[1, 2]]]]), np.array([[[[1, 10]]]]), {
        dilation: 2,
        outputPadding: [0, 1],
      })
      .toArray(),
  ).toEqual([[[[1, 2, 10, 20, 0]]]])
  let count = 0
  for (const stride of [1, 2, 3])
    for (const dilation of [1, 2, 3])
      for (const padding of [0, 1, 2])
        for (const [n, m] of [
          [1, 1],
          [2, 2],
          [4, 3],
        ])
          for (let outputPadding = 0; outputPadding < Math.max(stride, dilation); outputPadding++) {
            const s = { stride, dilation, padding, outputPadding }
            const [x, w] = [tensor(1, [1, 1, 1, n]), tensor(2, [1, 1, 1, m])]
            const want = naively(x, w, s)
            if (want.length === 0) continue
            const along = (v: number, other: number) => [other, v]
            const got = nn.functional.convTranspose2d(x, w, {
              stride: along(stride, 1),
              dilation: along(dilation, 1),
              padding: along(padding, 0),
              outputPadding: along(outputPadding, 0),
            })
            expect(got.shape, JSON.stringify({ ...s, n, m })).toEqual([1, 1, 1, want.length])
            expect(np.allclose(got.flatten(), np.array([...want], { dtype: 'float64' }))).toBe(true)
            count++
          }
  expect(count).toBeGreaterThan(130)
})

it('has the convolution as its derivative', () => {
  const [x, w, ct] = [tensor(1, [1, 2, 3, 3]), tensor(2, [2, 3, 2, 2]), tensor(3, [1, 3, 6, 6])]
  const dx = grad((x: Tensor) => nn.functional.convTranspose2d(x, w, { stride: 2 }).mul(ct).sum())(x)
  expect(np.allclose(dx, nn.functional.conv2d(ct, w, { stride: 2 }))).toBe(true)
})

it('says what does not fit', () => {
  const [x, w] = [np.ones([1, 2, 3, 3]), np.ones([2, 3, 2, 2])]
  expect(() => nn.functional.convTranspose2d(x, np.ones([3, 3, 2, 2]))).toThrow(ShapeError)
  expect(() => nn.functional.convTranspose2d(x, w, { groups: 3 })).toThrow(/groups that divide 2/)
  expect(() => nn.functional.convTranspose2d(x, w, { outputPadding: 1 })).toThrow(/outputPadding/)
  expect(() => nn.functional.convTranspose2d(x, w, { padding: 2 })).toThrow(/at least 1×1/)
  expect(() => nn.functional.convTranspose2d(x, w, { stride: [1, 2, 3] })).toThrow(/one stride/)
})
