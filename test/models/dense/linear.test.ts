import { describe, expect, it } from 'vitest'
import { nn, np, random, ShapeError } from '../../../src/index.js'
import { values, variance } from '../moments.js'

describe('linear', () => {
  it('is x·Wᵀ + b along the last axis', () => {
    const layer = nn.linear(3, 2)
    const params = {
      weight: np.array([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      bias: np.array([10, 20]),
    }
    expect(layer.call(params, np.array([1, 0, -1])).toArray()).toEqual([8, 18])
    expect(layer.call(params, np.ones([2, 4, 3])).shape).toEqual([2, 4, 2])
  })

  it('starts uniform on ±1/√inputs, weight and bias alike', () => {
    const { params } = nn.linear(64, 500).init(random.key(0))
    expect([params.weight.shape, params.bias.shape]).toEqual([[500, 64], [500]])
    for (const p of [params.weight, params.bias]) {
      expect(values(p).every((x) => Math.abs(x) <= 1 / 8)).toBe(true)
      expect(Math.abs(variance(values(p)) * 3 * 64 - 1)).toBeLessThan(0.2)
    }
  })

  it('says what it wants', () => {
    const layer = nn.linear(784, 128)
    const { params } = layer.init(random.key(0))
    expect(() => layer.call(params, np.zeros([2, 10]))).toThrow(ShapeError)
    expect(() => layer.call(params, np.zeros([2, 10]))).toThrow(/^linear\(784, 128\): .*784.*f32\[2,10\]/)
    expect(() => nn.linear(0, 3)).toThrow(/linear\(0, 3\)/)
  })
})
