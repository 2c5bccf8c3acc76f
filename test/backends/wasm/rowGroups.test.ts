import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/debug.js'
import { grad, jit, loadBackend, nn, np, random, type Tensor } from '../../../src/index.js'
import { threadedEngine } from './watchedThreads.js'

await loadBackend('wasm')
await threadedEngine('three threads', 3)

const numbers = (shape: readonly number[], seed = shape.length): Tensor =>
  random.normal(random.key(seed), shape).mul(2)

const standardised = (x: Tensor): Tensor => {
  const centred = x.sub(x.mean({ axis: -1, keepdims: true }))
  return centred.div(np.sqrt(np.square(centred).mean({ axis: -1, keepdims: true }).add(1e-5)))
}

type Case = readonly [
  what: string,
  f: (...xs: Tensor[]) => Tensor,
  xs: readonly Tensor[],
  rows: number | null,
]

const cases: readonly Case[] = [
  ['a softmax of rows', (x) => nn.softmax(x), [numbers([67, 301])], 67],
  ['a softmax of long rows', (x) => nn.softmax(x.add(1)), [numbers([80, 5000])], 80],
  ['a softmax of short rows', (x) => nn.softmax(x), [numbers([700, 10])], 700],
  ['a softmax of rows of matrices', (x) => nn.softmax(x), [numbers([3, 21, 40])], 63],
  [
    'its gradient',
    (x, y) => grad((t: Tensor) => nn.softmax(t).mul(y).sum())(x),
    [numbers([67, 301]), numbers([67, 301], 9)],
    67,
  ],
  ['rows that are standardised', standardised, [numbers([50, 130])], 50],
  ['rows of images that are standardised', standardised, [numbers([20, 3, 8, 16])], 480],
  ['few rows', (x) => nn.softmax(x), [numbers([15, 301])], null],
  ['a softmax of columns', (x) => nn.softmax(x, { axis: 0 }), [numbers([67, 301])], null],
  [
    'rows and the transpose of what they gave',
    (x) => {
      const y = nn.softmax(x)
      return y.sub(y.transpose())
    },
    [numbers([64, 64])],
    64,
  ],
  [
    'rows of what was there before, whose columns are read too',
    (x) => {
      const sums = np.cumsum(x, 0)
      const most = np.max(sums.transpose(), { axis: 1, keepdims: true })
      return np.cumsum(np.tanh(sums.sub(most).mul(0.1)), 0)
    },
    [numbers([200, 200])],
    200,
  ],
  [
    'rows and those before them',
    (x) => nn.softmax(x.sub(np.max(np.roll(nn.softmax(x), 1, 0), { axis: 1, keepdims: true }))),
    [numbers([64, 90])],
    64,
  ],
]

const bitsOf = (x: Tensor): readonly number[] => [...new Uint32Array(x.dataSync().slice().buffer)]

describe('kernels that go row by row', () => {
  it.each(cases)('%s', (_, f, xs, rows) => {
    const [wanted, one, three] = ['reference', 'wasm', 'three threads'].map((backend) =>
      jit(f, { backend })(...xs),
    )
    expect(bitsOf(three)).toEqual(bitsOf(one))
    const [a, b] = [one.dataSync(), wanted.dataSync()]
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i])).toBeLessThanOrEqual(4e-6 * Math.max(1, Math.abs(b[i])))
    })
    const steps = explain(jit(f, { backend: 'wasm' }).lower(...xs))
    if (rows === null) expect(steps).not.toContain('part by part')
    else expect(steps).toContain(`with those before part by part of ${rows} rows`)
  })

  it('have the same bits as alone', () => {
    const x = numbers([67, 301])
    const together = jit((t: Tensor) => nn.softmax(t), { backend: 'wasm' })(x)
    const alone = (f: (...ts: Tensor[]) => Tensor, ...ts: Tensor[]): Tensor =>
      jit(f, { backend: 'wasm' })(...ts)
    const most = alone((t) => np.max(t, { axis: 1, keepdims: true }), x)
    const powers = alone((t, m) => np.exp(t.sub(m)), x, most)
    const sums = alone((p) => p.sum({ axis: 1, keepdims: true }), powers)
    expect(bitsOf(together)).toEqual(bitsOf(alone((p, s) => p.mul(np.ones([1]).div(s)), powers, sums)))
  })

  it('leave a donated input alone while other rows of it are read', () => {
    const f = (x: Tensor, y: Tensor): Tensor => {
      const columns = np.max(x.transpose().mul(2), { axis: 1, keepdims: true })
      return nn.softmax(y.sub(columns))
    }
    const [x, y] = [numbers([96, 96], 3), numbers([96, 96], 4)]
    const wanted = bitsOf(jit(f, { backend: 'wasm' })(x, y))
    for (const backend of ['wasm', 'three threads']) {
      const [p, q] = [x.add(0), y.add(0)]
      expect(bitsOf(jit(f, { backend, donate: [0, 1] })(p, q))).toEqual(wanted)
    }
  })
})

describe('the greatest and the least', () => {
  const nanCount = (x: Tensor, reduce: (x: Tensor) => Tensor): number =>
    jit((t: Tensor) => np.isnan(reduce(t)).astype('int32').sum(), { backend: 'wasm' })(x).item()

  it.each([3, 5, 16, 33, 64, 101])('of %i numbers are NaN where one is, wherever it is', (extent) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = np.arange(extent * extent, { dtype }).reshape([extent, extent])
      const diagonal = np.where(np.eye(extent).astype('bool'), Number.NaN, x)
      const last = x.at(extent - 1, extent - 1).set(Number.NaN)
      for (const axis of [0, 1])
        for (const f of [np.max, np.min]) {
          expect(nanCount(diagonal, (t) => f(t, { axis }))).toBe(extent)
          expect(nanCount(last, (t) => f(t, { axis }))).toBe(1)
        }
    }
  })

  it('beside a number keep NaN, and of zeros give what the reference does', () => {
    const x = np.array([-0, 0, Number.NaN, -3, 5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    for (const f of [nn.relu, (t: Tensor) => np.maximum(t, 0), (t: Tensor) => np.maximum(t, -0)])
      expect([...jit(f, { backend: 'wasm' })(x).dataSync()]).toEqual([
        ...jit(f, { backend: 'reference' })(x).dataSync(),
      ])
    for (const f of [
      (t: Tensor) => np.minimum(t, 0),
      (t: Tensor) => np.minimum(t, -1),
      (t: Tensor) => np.maximum(t, 2),
    ])
      expect([...jit(f, { backend: 'wasm' })(x).dataSync()]).toEqual([
        ...jit(f, { backend: 'reference' })(x).dataSync(),
      ])
  })
})
