import { describe, expect, it } from 'vitest'
import { jit, np, ShapeError, type Tensor, vmap } from '../../src/index.js'

describe('a shape that int32 does not count', () => {
  const long = 2 ** 31
  it.each<[string, () => unknown]>([
    ['of 2^60 elements', () => np.ones([2 ** 30, 2 ** 30]).sum()],
    ['with an axis of 2^31', () => np.zeros([long])],
    ['of a range', () => np.arange(long)],
    ['of equal steps', () => np.linspace(0, 1, long)],
    ['under jit', () => jit((x: Tensor) => np.broadcastTo(x, [2 ** 30, 2 ** 30]).sum())(np.ones([]))],
    ['reshaped to one axis', () => np.ones([2 ** 16, 2 ** 16]).reshape([-1])],
    ['of a batch', () => vmap((x: Tensor) => np.broadcastTo(x, [2 ** 24, 2 ** 24]))(np.ones([32]))],
  ])('%s is refused', (_, make) => {
    expect(make).toThrow(ShapeError)
    expect(make).toThrow('at most 2^31 − 1 places along an axis, and less than 2^53 elements')
  })

  it('is one place longer than the longest', () => {
    const last = np.ones([long - 1]).get(-1)
    expect(last.item()).toBe(1)
    expect(jit(() => np.ones([long - 1]).get(long - 2))().item()).toBe(1)
  })
})
