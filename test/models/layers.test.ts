import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { myNet } from '../../jobs/src/images/models/myNet.js'
import {
  DTypeError,
  GradError,
  grad,
  jit,
  nn,
  np,
  random,
  ShapeError,
  type Tensor,
  vmap,
} from '../../src/index.js'

const values = (t: Tensor): readonly number[] => Array.from(t.dataSync())
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
const key = random.key(7)

/** Of an input that does not fit. */
const misuse: readonly (readonly [nn.AnyLayer, Tensor, RegExp])[] = [
  [nn.linear(4, 2, { bias: false }), np.ones([3]), /^linear\(4, 2, bias false\): .*f32\[3\]/],
  [nn.conv1d(3, 4, 3), np.ones([3, 9]), /^conv1d\(3, 4, 3\): .*\[n, 3, l\].*f32\[3,9\].*batch axis first/],
  [nn.conv2d(3, 4, 3), np.ones([2, 9, 9, 3]), /^conv2d\(3, 4, 3\): .*\[n, 3, h, w\].*f32\[2,9,9,3\]/],
  [
    nn.conv2d(3, 4, [3, 5], { stride: 2 }),
    np.ones([2, 3, 9, 4]),
    /^conv2d\(3, 4, \[3,5\], stride 2\): .*\[2,3,9,4\]/,
  ],
  [nn.conv3d(1, 2, 3), np.ones([2, 1, 9, 9]), /^conv3d\(1, 2, 3\): .*\[n, 1, d, h, w\]/],
  [nn.convTranspose2d(3, 4, 2), np.ones([2, 4, 5, 5]), /^convTranspose2d\(3, 4, 2\): .*\[n, 3, h, w\]/],
  [nn.maxPool({ window: 2 }), np.ones([2, 3]), /^maxPool\(2\): .*f32\[2,3\]/],
  [
    nn.maxPool({ window: [3, 3], stride: 1 }),
    np.ones([1, 3, 2, 9]),
    /^maxPool\(\[3,3\], stride 1\): .*\[1,3,2,9\]/,
  ],
  [nn.avgPool({ window: [2] }), np.ones([1, 3, 2, 9]), /^avgPool\(\[2\]\): .*1 spatial axes.*f32\[1,3,2,9\]/],
  [nn.adaptiveAvgPool([2, 2]), np.ones([1, 3, 9]), /^adaptiveAvgPool\(\[2,2\]\): .*f32\[1,3,9\]/],
  [nn.adaptiveMaxPool(2), np.ones([1, 3, 0]), /^adaptiveMaxPool\(2\): .*f32\[1,3,0\]/],
  [nn.batchNorm(3), np.ones([4, 2]), /^batchNorm\(3\): .*\[n, 3, …\].*f32\[4,2\]/],
  [nn.batchNorm(3), np.ones([1, 3]), /^batchNorm\(3\): more than one value a channel/],
  [nn.layerNorm([3, 4]), np.ones([4, 3]), /^layerNorm\(\[3,4\]\): .*f32\[4,3\]/],
  [nn.groupNorm(2, 4), np.ones([4]), /^groupNorm\(2, 4\): .*f32\[4\]/],
  [nn.embedding(5, 2), np.ones([4]), /^embedding\(5, 2\): integer indices.*f32\[4\]/],
  [nn.sequential({ f: nn.flatten }), np.array(1), /^f: flatten: .*f32\[\]/],
]

describe('every layer', () => {
  it.each(misuse)('names itself where an input does not fit: $name', (layer, x, message) => {
    const { params, state } = layer.init(key)
    const run = () => layer.apply(params as never, state as never, x, { train: true })
    expect(run).toThrow(message)
    expect(run).toThrow(x.dtype === 'float32' && layer.name.startsWith('embedding') ? DTypeError : ShapeError)
  })

  it.each([
    ['conv2d(0, 2, 3)', () => nn.conv2d(0, 2, 3)],
    ['conv2d(1, 2, 1.5)', () => nn.conv2d(1, 2, 1.5)],
    ['conv2d(3, 4, 3, groups 2)', () => nn.conv2d(3, 4, 3, { groups: 2 })],
    ['conv1d(3, 4, [1,2])', () => nn.conv1d(3, 4, [1, 2])],
    [
      'conv2d(f32[1,1,4,4], f32[1,1,2,2], undefined)',
      () => Reflect.apply(nn.conv2d, undefined, [np.ones([1, 1, 4, 4]), np.ones([1, 1, 2, 2])]),
    ],
    ['convTranspose2d(4, 3, 2, groups 2)', () => nn.convTranspose2d(4, 3, 2, { groups: 2 })],
    ['groupNorm(3, 4)', () => nn.groupNorm(3, 4)],
    ['layerNorm([])', () => nn.layerNorm([])],
    ['batchNorm(2, momentum 1.5)', () => nn.batchNorm(2, { momentum: 1.5 })],
    [
      'batchNorm(2, convention flax, momentum null)',
      () => nn.batchNorm(2, { convention: 'flax', momentum: null }),
    ],
    ['embedding(5, 2, paddingIndex 5)', () => nn.embedding(5, 2, { paddingIndex: 5 })],
    ['adaptiveAvgPool(0)', () => nn.adaptiveAvgPool(0)],
    ['myNet', () => myNet({ classes: 10, imageSize: 3 })],
  ])('refuses options that make no sense: %s', (name, make) => {
    expect(make).toThrow(GradError)
    expect(make).toThrow(new RegExp(`^${name.replace(/[()[\].]/g, '\\$&')}: `))
  })

  it.each([
    ['conv1d', nn.conv1d(8, 32, 5, { groups: 2 }), [32, 4, 5], 1 / Math.sqrt(4 * 5)],
    ['conv2d', nn.conv2d(8, 32, [2, 3]), [32, 8, 2, 3], 1 / Math.sqrt(8 * 6)],
    ['convTranspose2d', nn.convTranspose2d(8, 16, 3, { groups: 2 }), [8, 8, 3, 3], 1 / Math.sqrt(8 * 9)],
  ] as const)('%s starts uniform, as PyTorch does', (_, layer, shape, bound) => {
    const { weight, bias } = layer.init(key).params
    expect(weight.shape).toEqual(shape)
    expect(Math.max(...values(weight).map(Math.abs))).toBeLessThanOrEqual(bound)
    expect(Math.max(...values(bias).map(Math.abs))).toBeLessThanOrEqual(bound)
    const spread = mean(values(weight).map((v) => v ** 2)) / (bound ** 2 / 3)
    expect(Math.abs(spread - 1)).toBeLessThan(5 * Math.sqrt(0.8 / weight.size))
  })

  it('takes another way to draw its weight', () => {
    const layer = nn.conv2d(2, 3, 1, { weightInit: (_key, shape) => np.full(shape, 5), bias: false })
    expect(layer.init(key).params.bias).toBe(null)
    expect(layer.call(layer.init(key).params, np.ones([1, 2, 1, 1])).toArray()).toEqual([
      [[[10]], [[10]], [[10]]],
    ])
  })

  it('computes what the function of its name in nn.functional does', () => {
    const [x, w] = [random.normal(key, [2, 3, 6, 6]), random.normal(key, [4, 3, 3, 3])]
    const layer = nn.conv2d(3, 4, 3, { stride: 2, bias: false })
    expect(layer.call({ weight: w, bias: null }, x).toArray()).toEqual(
      nn.functional.conv2d(x, w, { stride: 2 }).toArray(),
    )
    const pool = { window: 3, stride: 2, padding: 1 }
    expect(nn.maxPool(pool).call(null, x).toArray()).toEqual(nn.functional.maxPool(x, pool).toArray())
    expect(nn.avgPool(pool).call(null, x).toArray()).toEqual(nn.functional.avgPool(x, pool).toArray())
  })

  it('can be mapped over: an ensemble of convolutions', () => {
    const layer = nn.conv2d(2, 3, 3, { padding: 1 })
    const x = random.normal(key, [2, 2, 4, 4])
    const keys = random.splitStacked(key, 3)
    const many = vmap((k: Tensor) => layer.call(layer.init(k).params, x))(keys)
    const [, second] = random.split(key, 3)
    expect(np.allclose(many.at(1).get(), layer.call(layer.init(second).params, x))).toBe(true)
  })
})

describe('batchNorm', () => {
  const x = np.array([
    [1, 10],
    [3, 30],
    [8, 20],
  ])

  it("in Flax's convention: the old statistics weigh momentum, the variance is biased", () => {
    const layer = nn.batchNorm(2, { convention: 'flax', momentum: 0.9 })
    const { params, state } = layer.init(key)
    const [, next] = layer.apply(params, state, x, { train: true })
    expect(values(next.mean)[0]).toBeCloseTo(0.1 * 4, 6)
    expect(values(next.mean)[1]).toBeCloseTo(0.1 * 20, 6)
    expect(values(next.var)[0]).toBeCloseTo(0.9 + (0.1 * (9 + 1 + 16)) / 3, 5)
    expect(values(next.var)[1]).toBeCloseTo(0.9 + (0.1 * 200) / 3, 5)
    const usual = nn.batchNorm(2, { convention: 'flax' })
    expect(values(usual.apply(params, state, x, { train: true })[1].mean)[0]).toBeCloseTo(0.04, 6)
    expect(() => usual.apply(params, state, np.ones([1, 2]), { train: true })).not.toThrow()
  })

  it('leaves its statistics alone in evaluation, and uses them', () => {
    const layer = nn.batchNorm(2, { eps: 0 })
    const { params } = layer.init(key)
    const state = { mean: np.array([1, 10]), var: np.array([4, 25]), count: np.array(3, { dtype: 'int32' }) }
    const [y, next] = layer.apply(params, state, x, { train: false })
    expect(next).toBe(state)
    const wanted = [0, 0, 1, 4, 3.5, 2]
    values(y).forEach((v, i) => {
      expect(v).toBeCloseTo(wanted[i], 5)
    })
  })

  it('keeps dtypes of its state under jit, whatever the input is', () => {
    const layer = nn.batchNorm(2)
    const { params, state } = layer.init(key)
    const step = jit((s: nn.BatchNormState, x: Tensor) => layer.apply(params, s, x, { train: true })[1])
    const next = step(step(state, x.astype('float64')), x.astype('float64'))
    expect([next.mean.dtype, next.var.dtype, next.count.dtype]).toEqual(['float32', 'float32', 'int32'])
    expect(next.count.item()).toBe(2)
    expect(step.traceCount()).toBe(1)
  })

  it('lets no derivative through its running statistics', () => {
    const layer = nn.batchNorm(2)
    const { params, state } = layer.init(key)
    const dx = grad((x: Tensor) => layer.apply(params, state, x, { train: true })[1].mean.sum())(x)
    expect(values(dx).every((v) => v === 0)).toBe(true)
  })
})

describe('adaptive pools', () => {
  it('take the parts that PyTorch documents, for all sizes', () => {
    const axis = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }))
    fc.assert(
      fc.property(axis, axis, fc.integer({ min: 0, max: 999 }), ([h, oh], [w, ow], seed) => {
        const x = random.normal(random.key(seed), [1, 1, h, w])
        const at = values(x)
        const part = (size: number, n: number, i: number) =>
          Array.from({ length: size }, (_, p) => p).filter(
            (p) => p >= Math.floor((i * size) / n) && p < Math.ceil(((i + 1) * size) / n),
          )
        const cells = Array.from({ length: oh * ow }, (_, cell) =>
          part(h, oh, Math.floor(cell / ow)).flatMap((r) => part(w, ow, cell % ow).map((c) => at[r * w + c])),
        )
        expect(values(nn.adaptiveMaxPool([oh, ow]).call(null, x))).toEqual(cells.map((c) => Math.max(...c)))
        values(nn.adaptiveAvgPool([oh, ow]).call(null, x)).forEach((v, i) => {
          expect(v).toBeCloseTo(mean(cells[i]), 5)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('average integers as floats, and keep NaN', () => {
    const x = np.array([[[1, 2, 4]]], { dtype: 'int32' })
    expect(nn.adaptiveAvgPool(2).call(null, x).toArray()).toEqual([[[1.5, 3]]])
    expect(
      nn
        .adaptiveMaxPool(2)
        .call(null, np.array([[[1, Number.NaN, 4]]]))
        .toArray(),
    ).toEqual([[[Number.NaN, Number.NaN]]])
  })
})

describe('normalisation', () => {
  it.each([
    ['layerNorm', nn.layerNorm([2, 3])],
    ['groupNorm', nn.groupNorm(2, 2)],
  ] as const)('%s: mean 0, variance 1, whatever scale and place the input has', (_, layer) => {
    const x = random.normal(key, [4, 2, 3])
    const { params } = layer.init(key)
    const y = layer.call(params, x)
    const groups = _ === 'layerNorm' ? y.reshape([4, 6]) : y.reshape([8, 3])
    const [m, v] = [np.mean(groups, { axis: 1 }), np.var(groups, { axis: 1 })]
    expect(np.allclose(m, np.zeros(m.shape), { atol: 1e-5 })).toBe(true)
    expect(np.allclose(v, np.ones(v.shape), { atol: 1e-2 })).toBe(true)
    expect(np.allclose(layer.call(params, x.mul(50).add(7)), y, { atol: 1e-2 })).toBe(true)
  })
})

describe('embedding', () => {
  it('starts standard normal, its row of padding at 0', () => {
    const { weight } = nn.embedding(50, 40, { paddingIndex: 3 }).init(key).params
    expect(values(weight.at(3).get()).every((v) => v === 0)).toBe(true)
    const others = values(weight).filter((_, i) => Math.floor(i / 40) !== 3)
    expect(Math.abs(mean(others.map((v) => v ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / others.length))
  })
})
