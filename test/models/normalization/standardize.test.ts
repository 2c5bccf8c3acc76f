import { describe, expect, it } from 'vitest'
import { nn, np, random } from '../../../src/index.js'

const key = random.key(7)

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
