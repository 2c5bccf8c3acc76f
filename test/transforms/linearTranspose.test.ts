import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  jit,
  linearTranspose,
  MissingRuleError,
  np,
  ShapeError,
  scan,
  type Tensor,
  vjp,
} from '../../src/index.js'

describe('linearTranspose', () => {
  it('is what vjp pulls back, for loops too', () => {
    const w = np.array([
      [1, 2],
      [3, 4],
    ])
    const f = (x: { a: Tensor; b: Tensor }) =>
      scan((c: Tensor, u: Tensor) => [np.matmul(w, c).add(u), c] as const, x.a, x.b)
    const point = { a: np.ones([2]), b: np.ones([3, 2]) }
    const ct: [Tensor, Tensor] = [np.array([1, -1]), np.arange(6, { dtype: 'float32' }).reshape([3, 2])]
    const [back] = linearTranspose(f, point)(ct)
    const [expected] = vjp(f, point)[1](ct)
    expect(back.a.toArray()).toEqual(expected.a.toArray())
    expect(back.b.toArray()).toEqual(expected.b.toArray())
    const [jitted] = jit((c: [Tensor, Tensor]) => linearTranspose(f, point)(c))(ct)
    expect(jitted.b.toArray()).toEqual(expected.b.toArray())
  })

  it('refuses what is not linear, integers, and cotangents of another shape', () => {
    expect(() => linearTranspose((x: Tensor) => np.sin(x), np.ones([2]))(np.ones([2]))).toThrow(
      MissingRuleError,
    )
    expect(() => linearTranspose((x: Tensor) => x, np.ones([2], { dtype: 'int32' }))).toThrow(DTypeError)
    expect(() => linearTranspose((x: Tensor) => x, np.ones([2]))(np.ones([3]))).toThrow(ShapeError)
  })
})
