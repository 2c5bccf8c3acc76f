import { describe, expect, it } from 'vitest'
import { GradError, grad, jit, nn, np, random, type Tensor } from '../../src/index.js'
import { values } from './moments.js'

describe('dropout', () => {
  const layer = nn.dropout(0.25)
  const drop = (key: Tensor, x: Tensor) => layer.apply(null, null, x, { train: true, key })[0]

  it('keeps the mean, dropping at its rate, in training only', () => {
    const x = np.ones([20_000])
    const y = values(drop(random.key(0), x))
    const dropped = y.filter((v) => v === 0).length / y.length
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / y.length))
    expect(new Set(y)).toEqual(new Set([0, Math.fround(4 / 3)]))
    expect(layer.apply(null, null, x, { train: false })[0]).toBe(x)
    expect(nn.dropout(0).apply(null, null, x, { train: true })[0]).toBe(x)
  })

  it('has the mask as its gradient, and other masks for other keys', () => {
    const x = random.normal(random.key(1), [50])
    const g = grad((v: Tensor) => drop(random.key(2), v).sum())(x)
    expect(values(g)).toEqual(values(drop(random.key(2), np.ones([50]))))
    expect(drop(random.key(3), np.ones([50])).toArray()).not.toEqual(g.toArray())
  })

  it('asks for a key, and for a rate below 1', () => {
    expect(() => layer.apply(null, null, np.ones([2]), { train: true })).toThrow(GradError)
    expect(() => layer.apply(null, null, np.ones([2]), { train: true })).toThrow(/dropout\(0.25\): .*key/)
    expect(() => nn.dropout(1)).toThrow(GradError)
  })

  it('gets a key of its own in a sequence', () => {
    const twice = nn.sequential(nn.dropout(0.5), nn.dropout(0.5))
    const { params, state } = twice.init(random.key(0))
    const x = np.ones([4000])
    const step = jit((key: Tensor) => twice.apply(params, state, x, { train: true, key })[0])
    const kept = values(step(random.key(1))).filter((v) => v !== 0).length / x.size
    expect(Math.abs(kept - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / x.size))
    const [k0, k1] = random.split(random.key(1))
    const half = nn.dropout(0.5)
    const first = half.apply(null, null, x, { train: true, key: k0 })[0]
    const both = half.apply(null, null, first, { train: true, key: k1 })[0]
    expect(step(random.key(1)).toArray()).toEqual(both.toArray())
  })
})
