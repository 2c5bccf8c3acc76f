import { describe, expect, it } from 'vitest'
import { GradError, grad, jit, np, type Tensor } from '../../../src/index.js'
import { f64, plain } from '../../ops/doubles.js'

describe('norm of vectors', () => {
  it.each([
    [undefined, Math.sqrt(14), Math.sqrt(14)],
    [2, Math.sqrt(14), Math.sqrt(14)],
    [0, 3, 3],
    [1, 6, 6],
    [3.5, 3.2071843327373397, 3.2071843327373397],
    [Infinity, 3, 3],
    [-Infinity, 0, 1],
    [-1, 0, 0.5454545454545455],
    [-2, 0, 0.8571428571428571],
  ])('of order %s is that of NumPy, with and without a zero', (ord, withZero, without) => {
    expect(np.norm(f64([1, -2, 0, 3]), { ord }).item()).toBeCloseTo(withZero, 14)
    expect(np.norm(f64([1, -2, 3]), { ord }).item()).toBeCloseTo(without, 14)
    expect(jit((x: Tensor) => np.norm(x, { ord, axis: 1 }))(f64([[1, -2, 3]])).item()).toBeCloseTo(
      without,
      14,
    )
  })

  it('of a negative order is infinite where all elements are', () => {
    expect(np.norm(f64([Infinity, -Infinity]), { ord: -2 }).item()).toBe(Infinity)
  })

  it('has the derivative 0 at 0', () => {
    for (const ord of [undefined, 0, 0.5, 1, 1.5, 2, 3.5]) {
      const slope = grad((x: Tensor) => np.norm(x, { ord }))
      expect(plain(slope(f64([0, 0])))).toEqual([0, 0])
      const [none, some] = plain(slope(f64([0, 2])))
      expect(none).toBe(0)
      expect(some).toBeCloseTo(ord === 0 ? 0 : 1, 14)
    }
  })
})

describe('norm of matrices', () => {
  const x = f64([
    [1, -2, 0.5],
    [3, 4, 0],
  ])

  it.each([
    [undefined, 5.5],
    ['fro', 5.5],
    [1, 6],
    [-1, 0.5],
    [Infinity, 7],
    [-Infinity, 3.5],
  ] as const)('of order %s is that of NumPy', (ord, expected) => {
    expect(np.norm(x, { ord }).item()).toBeCloseTo(expected, 14)
  })

  it('of order 1 is the greatest sum of a column, not of all', () => {
    expect(
      np
        .norm(
          f64([
            [1, 2],
            [3, 4],
          ]),
          { ord: 1 },
        )
        .item(),
    ).toBe(6)
  })

  it('takes the axes in the order that is given, and keeps them', () => {
    const two = np.stack([
      x,
      f64([
        [1, 1, 1],
        [2, 2, 2],
      ]),
    ])
    expect(np.norm(two, { ord: 1, axis: [2, 0], keepdims: true }).toArray()).toEqual([[[3.5], [7]]])
    expect(np.norm(two, { ord: -Infinity, axis: [-1, 0] }).toArray()).toEqual([1.5, 2])
  })

  it('refuses orders that take singular values, vectors’ orders, and more than two axes', () => {
    for (const ord of [2, -2, 0, 3.5]) expect(() => np.norm(x, { ord })).toThrow(GradError)
    expect(() => np.norm(np.ones([2, 2, 2]), { ord: 1 })).toThrow('over 3 axes')
    expect(() => np.norm(f64([1]), { ord: 'fro' })).toThrow(GradError)
  })
})
