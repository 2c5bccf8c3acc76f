import { describe, expect, it } from 'vitest'
import { grad, jit, nn, np, random, type Tensor } from '../../../src/index.js'
import { values } from '../moments.js'

const key = random.key(7)

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
