import { describe, expect, it } from 'vitest'
import { GradError, jit, nn, np, optim, random, valueAndGrad } from '../../../src/index.js'

describe('mlp', () => {
  it('learns xor', () => {
    const model = nn.mlp([2, 8, 1], np.tanh)
    const x = np.array([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    const y = np.array([[0], [1], [1], [0]])
    const start = model.init(random.key(3)).params
    const loss = (p: typeof start) => model.call(p, x).sub(y).square().mean()
    const opt = optim.adam(0.05)
    const step = jit((p: typeof start, state: optim.States) => {
      const [value, grads] = valueAndGrad(loss)(p)
      const [updates, next] = opt.update(grads, state, p)
      return [optim.applyUpdates(p, updates), next, value] as const
    })
    let [params, state, last] = step(start, opt.init(start))
    for (let i = 0; i < 300; i++) [params, state, last] = step(params, state)
    expect(last.item()).toBeLessThan(0.01)
    expect(step.traceCount()).toBe(1)
    expect(() => nn.mlp([3])).toThrow(GradError)
  })
})
