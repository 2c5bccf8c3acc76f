import { describe, expect, it } from 'vitest'
import { nn, np, random, type Tensor, vmap } from '../../../src/index.js'
import { mean, values } from '../moments.js'

const key = random.key(7)

describe('convolutions', () => {
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

  it('take another way to draw their weight', () => {
    const layer = nn.conv2d(2, 3, 1, { weightInit: (_key, shape) => np.full(shape, 5), bias: false })
    expect(layer.init(key).params.bias).toBe(null)
    expect(layer.call(layer.init(key).params, np.ones([1, 2, 1, 1])).toArray()).toEqual([
      [[[10]], [[10]], [[10]]],
    ])
  })

  it('compute what the functions of their names in nn.functional do', () => {
    const [x, w] = [random.normal(key, [2, 3, 6, 6]), random.normal(key, [4, 3, 3, 3])]
    const layer = nn.conv2d(3, 4, 3, { stride: 2, bias: false })
    expect(layer.call({ weight: w, bias: null }, x).toArray()).toEqual(
      nn.functional.conv2d(x, w, { stride: 2 }).toArray(),
    )
  })

  it('can be mapped over: an ensemble', () => {
    const layer = nn.conv2d(2, 3, 3, { padding: 1 })
    const x = random.normal(key, [2, 2, 4, 4])
    const keys = random.splitStacked(key, 3)
    const many = vmap((k: Tensor) => layer.call(layer.init(k).params, x))(keys)
    const [, second] = random.split(key, 3)
    expect(np.allclose(many.at(1).get(), layer.call(layer.init(second).params, x))).toBe(true)
  })
})
