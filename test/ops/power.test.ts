import { describe, expect, it } from 'vitest'
import { DTypeError, GradError, grad, makeGraph, np, type Tensor } from '../../src/index.js'
import { integerPow } from '../../src/ops/elementwise/integerPow.js'
import { f64, plain } from './doubles.js'

/** All derivatives of order 0 … 3 of f at x. */
const taylor = (f: (x: Tensor) => Tensor, x: number): readonly number[] => {
  const d1 = grad(f)
  const d2 = grad(d1)
  return [f, d1, d2, grad(d2)].map((g) => g(f64(x)).item())
}

describe('integerPow', () => {
  it.each([
    [0, [1, 0, 0, 0]],
    [1, [0, 1, 0, 0]],
    [2, [0, 0, 2, 0]],
    [3, [0, 0, 0, 6]],
    [4, [0, 0, 0, 0]],
  ])('x^%i has derivatives %j at 0', (n, expected) => {
    expect(taylor((x) => integerPow(x, n), 0)).toEqual(expected)
  })

  it('takes exponents of either sign', () => {
    expect(taylor((x) => integerPow(x, -2), 2)).toEqual([1 / 4, -1 / 4, 3 / 8, -3 / 4])
    for (const n of [5, 7, 12, 31]) expect(integerPow(f64(-2), n).item()).toBe((-2) ** n)
  })

  it('refuses negative powers of integers, and broken exponents', () => {
    expect(() => integerPow(np.array(Int32Array.of(2)), -1)).toThrow(DTypeError)
    expect(() => integerPow(f64(2), 0.5)).toThrow(GradError)
  })
})

describe('pow', () => {
  const at = (x: number, y: number) => (f: (x: Tensor, y: Tensor) => Tensor) => f(f64(x), f64(y)).item()
  const pow = (x: Tensor, y: Tensor) => np.pow(x, y)
  const dx = grad(pow)
  const dy = grad(pow, { argnums: 1 })
  const dxx = grad(dx)
  const dxy = grad(dx, { argnums: 1 })
  const dyx = grad(dy)
  const dyy = grad(dy, { argnums: 1 })

  it.each([
    [0, 0, [1, 0]],
    [0, 1, [0, 1]],
    [0, 2, [0, 0]],
    [0, 0.5, [0, Infinity]],
    [3, 0, [1, 0]],
    [-2, 3, [-8, 12]],
  ])('at (%d, %d) is with ∂/∂x %j', (x, y, expected) => {
    expect([pow, dx].map(at(x, y))).toEqual(expected)
  })

  it('has second derivatives in x at 0', () => {
    expect([0, 1, 2, 3].map((y) => at(0, y)(dxx))).toEqual([0, 0, 2, 0])
    expect(at(0, 3)(grad(dxx))).toBe(6)
  })

  it('has ∂/∂y of 0 at x = 0', () => {
    expect([0, 1, 2].map((y) => at(0, y)(dy))).toEqual([0, 0, 0])
    expect(at(0, 2)(dyy)).toBe(0)
  })

  it('has equal mixed derivatives, at y = 0 too', () => {
    for (const [x, y] of [
      [3, 0],
      [0.5, 2],
      [2, -1.5],
    ]) {
      const expected = x ** (y - 1) * (1 + y * Math.log(x))
      expect(at(x, y)(dxy)).toBeCloseTo(expected, 12)
      expect(at(x, y)(dyx)).toBeCloseTo(expected, 12)
    }
  })

  it('is a product for whole exponents, of integers and bools too', () => {
    expect(makeGraph((x: Tensor) => np.pow(x, 3))(f64(2)).toString()).toContain('integerPow')
    expect(plain(np.pow(np.array(Int32Array.of(3, -2)), 3))).toEqual([27, -8])
    expect(plain(np.pow(np.array([true, false]), 2))).toEqual([1, 0])
  })
})
