import { describe, expect, it } from 'vitest'
import { grad, hessian, np, ShapeError, type Tensor } from '../../src/index.js'
import { cumprod, cumsum } from '../../src/ops/reductions/cumulative.js'
import { reduceProd } from '../../src/ops/reductions/reduceProd.js'
import { f64, plain } from './doubles.js'

const prod = (x: Tensor) => reduceProd(x, [0])

describe('reduceProd', () => {
  it.each([
    [
      [0, 2, 3],
      [6, 0, 0],
    ],
    [
      [0, 0, 3],
      [0, 0, 0],
    ],
    [[5], [1]],
    [
      [1, 2, 3, 4, 5],
      [120, 60, 40, 30, 24],
    ],
  ])('has gradient at %j of %j', (x, expected) => {
    expect(plain(grad(prod)(f64(x)))).toEqual(expected)
  })

  it('has second and third derivatives where factors are 0', () => {
    const at = f64([0, 2, 3])
    expect(hessian(prod)(at).toArray()).toEqual([
      [0, 3, 2],
      [3, 0, 0],
      [2, 0, 0],
    ])
    expect(hessian(prod)(f64([0, 0, 3])).toArray()).toEqual([
      [0, 3, 0],
      [3, 0, 0],
      [0, 0, 0],
    ])
    const third = grad((x: Tensor) => hessian(prod)(x).get(0, 1))(f64([0, 0, 0]))
    expect(plain(third)).toEqual([0, 0, 1])
  })

  it('is 1 over nothing, without a derivative', () => {
    expect(plain(reduceProd(np.zeros([2, 0]), [1]))).toEqual([1, 1])
    expect(grad((x: Tensor) => reduceProd(x, [0, 1]))(np.zeros([2, 0])).shape).toEqual([2, 0])
  })

  it('takes axes in any place', () => {
    const x = f64([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(plain(grad((v: Tensor) => reduceProd(v, [0]).sum())(x))).toEqual([4, 5, 6, 1, 2, 3])
    expect(plain(grad((v: Tensor) => reduceProd(v, [0, 1]))(x))).toEqual([720, 360, 240, 180, 144, 120])
  })
})

describe('cumprod', () => {
  it('has gradients where factors are 0, from both ends', () => {
    const sum = (reverse: boolean) => (x: Tensor) => cumprod(x, 0, reverse).sum()
    // x0 + x0·x1 + x0·x1·x2 + x0·x1·x2·x3
    expect(plain(grad(sum(false))(f64([2, 0, 3, 0])))).toEqual([1, 8, 0, 0])
    expect(plain(grad(sum(true))(f64([0, 3, 0, 2])))).toEqual([0, 0, 8, 1])
  })

  it('has second derivatives where factors are 0', () => {
    const last = (x: Tensor) => cumprod(x, 0).get(2)
    expect(hessian(last)(f64([0, 0, 5])).toArray()).toEqual([
      [0, 5, 0],
      [5, 0, 0],
      [0, 0, 0],
    ])
  })
})

describe('cumsum', () => {
  it('is transposed by running the other way', () => {
    const weights = f64([1, 10, 100])
    expect(plain(grad((x: Tensor) => np.mul(cumsum(x, 0), weights).sum())(f64([0, 0, 0])))).toEqual([
      111, 110, 100,
    ])
    expect(plain(grad((x: Tensor) => np.mul(cumsum(x, 0, true), weights).sum())(f64([0, 0, 0])))).toEqual([
      1, 11, 111,
    ])
  })

  it('refuses an axis that is not there', () => {
    expect(() => cumsum(f64([1]), 1)).toThrow(ShapeError)
  })
})
