import { describe, expect, it } from 'vitest'
import { myNet } from '../../jobs/src/images/models/myNet.js'
import { DTypeError, GradError, nn, np, random, ShapeError, type Tensor } from '../../src/index.js'

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
})
