import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  foriLoop,
  grad,
  jacfwd,
  jit,
  jvp,
  linearize,
  MissingRuleError,
  np,
  ShapeError,
  type Tensor,
  type TensorLike,
  vmap,
  whileLoop,
} from '../../src/index.js'

/** x·3 until it is 100 or more. */
const tripled = (x: Tensor): Tensor =>
  whileLoop(
    (y: Tensor) => y.less(100),
    (y: Tensor) => y.mul(3),
    x,
  )

describe('whileLoop', () => {
  it('runs as often as the condition says, also never', () => {
    expect(tripled(np.array(2)).item()).toBe(162)
    expect(tripled(np.array(200)).item()).toBe(200)
    expect(jit(tripled)(np.array(50)).item()).toBe(150)
  })

  it('has forward derivatives: every run multiplies by 3', () => {
    expect(jvp(tripled, [np.array(2)], [np.array(1)])[1].item()).toBe(81)
    expect(jacfwd(jacfwd((x: Tensor) => tripled(x.mul(x))))(np.array(2)).item()).toBe(2 * 27)
    expect(linearize(tripled, np.array(2))[1](np.array(2)).item()).toBe(162)
  })

  it('refuses reverse mode, and says what to use', () => {
    expect(() => grad(tripled)(np.array(2))).toThrow(MissingRuleError)
    expect(() => jit(grad(tripled))(np.array(2))).toThrow(/foriLoop.*scan/)
  })

  it('forward mode over a gradient that is taken inside of it', () => {
    // y ← y − 0.1·d(y²)/dy = 0.8·y while y > 1
    const descend = (x: Tensor) =>
      whileLoop(
        (y: Tensor) => y.greater(1),
        (y: Tensor) => y.sub(grad((z: Tensor) => z.mul(z))(y).mul(0.1)),
        x,
      )
    expect(jvp(descend, [np.array(1.5)], [np.array(1)])[1].item()).toBeCloseTo(0.64, 6)
  })

  it('under vmap stops every lane by itself', () => {
    expect(vmap(tripled)(np.array([2, 50, 200])).toArray()).toEqual([162, 150, 200])
    const tangent = (x: Tensor) => jvp(tripled, [x], [np.array(1)])[1]
    expect(vmap(tangent)(np.array([2, 50, 200])).toArray()).toEqual([81, 3, 1])
    const below = (x: Tensor, limit: Tensor) =>
      whileLoop(
        (y: Tensor) => y.less(limit),
        (y: Tensor) => y.add(x),
        np.array(0),
      )
    expect(vmap(below, [null, 0])(np.array(2), np.array([1, 4, 7])).toArray()).toEqual([2, 4, 8])
    expect(vmap(below, [0, null])(np.array([1, 2, 3]), np.array(4)).toArray()).toEqual([4, 4, 6])
    expect(vmap(vmap(below, [0, null]), [null, 0])(np.array([1, 3]), np.array([2, 5])).toArray()).toEqual([
      [2, 3],
      [5, 6],
    ])
  })

  it('carries trees', () => {
    const { a, b } = whileLoop(
      (c: { a: Tensor; b: Tensor }) => c.b.less(50),
      (c: { a: Tensor; b: Tensor }) => ({ a: c.b, b: c.a.add(c.b) }),
      { a: np.array(0), b: np.array(1) },
    )
    expect([a.item(), b.item()]).toEqual([34, 55])
  })

  it('refuses a condition that is no bool scalar', () => {
    const never = (x: Tensor) => x
    expect(() => whileLoop((x: Tensor) => x.less(1), never, np.zeros([2]))).toThrow(ShapeError)
    expect(() => whileLoop((x: Tensor) => x, never, np.zeros([]))).toThrow(/a bool scalar .* f32\[\]/)
  })
})

describe('foriLoop', () => {
  const power = (lower: Tensor | number, upper: Tensor | number) => (x: Tensor) =>
    foriLoop(lower, upper, (i, p: Tensor) => p.mul(x).add(i), np.array(1))
  /** p ← p·x + i */
  const expected = (lower: number, upper: number, x: number): number => {
    let p = 1
    for (let i = lower; i < upper; i++) p = p * x + i
    return p
  }

  it.each([
    [0, 4],
    [2, 5],
    [3, 3],
    [4, 1],
    [-2, 1],
  ])('from %i to %i, with bounds known and not', (lower, upper) => {
    expect(power(lower, upper)(np.array(2)).item()).toBe(expected(lower, upper, 2))
    const dynamic = jit((n: Tensor, x: Tensor) => power(lower, n)(x))
    expect(dynamic(np.array(upper, { dtype: 'int32' }), np.array(2)).item()).toBe(expected(lower, upper, 2))
  })

  it('has both modes with known bounds, and forward mode otherwise', () => {
    // ((1·x + 0)·x + 1)·x + 2 = x³ + x + 2
    expect(grad(power(0, 3))(np.array(2)).item()).toBe(13)
    expect(grad(grad(power(0, 3)))(np.array(2)).item()).toBe(12)
    const dynamic = power(0, np.array(3, { dtype: 'int32' }))
    expect(jvp(dynamic, [np.array(2)], [np.array(1)])[1].item()).toBe(13)
    expect(() => grad(dynamic)(np.array(2))).toThrow(MissingRuleError)
  })

  it('refuses bounds that are no whole scalars, by its own name', () => {
    const run = (lower: TensorLike, upper: TensorLike) => () =>
      foriLoop(
        lower,
        upper,
        function count(_i, s: Tensor) {
          return s.add(1)
        },
        np.zeros([]),
      )
    expect(run(0.5, 2.5)).toThrow(DTypeError)
    expect(run(0, np.array(2.5))).toThrow(/foriLoop\(count\): integers .* f32\[\]/)
    expect(run(0, np.zeros([2], { dtype: 'int32' }))).toThrow(ShapeError)
    expect(() => foriLoop(0, 2, (_i, s: Tensor) => np.stack([s, s]), np.zeros([]))).toThrow(/^foriLoop/)
  })

  it('under vmap over a bound runs each lane to its own', () => {
    const f = (n: Tensor) => foriLoop(0, n, (_i, p: Tensor) => p.mul(2), np.array(1))
    expect(vmap(f)(np.array([0, 3, 5], { dtype: 'int32' })).toArray()).toEqual([1, 8, 32])
  })
})
