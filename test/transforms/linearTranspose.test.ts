import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  foriLoop,
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

  it.each([false, true])('runs carried values that are not linear forwards first, reverse %s', (reverse) => {
    const decay = (x: Tensor) =>
      scan(
        ([c, n, s]: readonly Tensor[], u: Tensor) => {
          const next = c.mul(0.5)
          return [[next, n.add(1), s.mul(c).add(u)], s.add(u.mul(c)).mul(n)] as const
        },
        [np.array(1), np.zeros([], { dtype: 'int32' }), np.zeros([])],
        x,
        { reverse },
      )[1]
    const x = np.array([3, -1, 2, 5])
    const ct = np.array([1, 2, -1, 4])
    const [back] = linearTranspose(decay, x)(ct)
    expect(np.allclose(back, vjp(decay, x)[1](ct)[0])).toBe(true)
    expect(back.sum().item()).not.toBe(0)
    const counted = (y: Tensor) => foriLoop(0, 4, (i, s: Tensor) => s.add(y.mul(i)), np.zeros([4]))
    expect(linearTranspose(counted, x)(np.ones([4]))[0].toArray()).toEqual([6, 6, 6, 6])
  })

  it('refuses what is not linear, integers, and cotangents of another shape', () => {
    expect(() => linearTranspose((x: Tensor) => np.sin(x), np.ones([2]))(np.ones([2]))).toThrow(
      MissingRuleError,
    )
    expect(() => linearTranspose((x: Tensor) => x, np.ones([2], { dtype: 'int32' }))).toThrow(DTypeError)
    expect(() => linearTranspose((x: Tensor) => x, np.ones([2]))(np.ones([3]))).toThrow(ShapeError)
  })
})
