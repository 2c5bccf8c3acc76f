import { describe, expect, it } from 'vitest'
import { grad, np } from '../../../src/index.js'
import { f64, plain } from '../../ops/doubles.js'

const derivative = (order: number): typeof np.sinc =>
  Array.from({ length: order }).reduce((f: typeof np.sinc) => grad(f) as typeof np.sinc, np.sinc)

describe('sinc', () => {
  it('is sin(πx)/(πx), 1 at 0 and 0 at other whole numbers, in both precisions', () => {
    for (const x of [0.1, 0.2499, 0.25, -0.7, 1.5, 12.25]) {
      const expected = Math.sin(Math.PI * x) / (Math.PI * x)
      expect(np.sinc(f64(x)).item()).toBeCloseTo(expected, 15)
      expect(np.sinc(np.array(x)).item()).toBeCloseTo(expected, 6)
    }
    expect(plain(np.sinc(np.array([0, 1, -2, 1e6])))).toEqual([1, 0, 0, 0])
  })

  it('has right derivatives of first to third order at 0, near it and far from it', () => {
    expect([1, 3].map((n) => derivative(n)(f64(0)).item() + 0)).toEqual([0, 0])
    expect(derivative(2)(f64(0)).item()).toBeCloseTo(-(Math.PI ** 2) / 3, 14)
    const [x, a] = [0.3, Math.PI]
    const [s, c] = [Math.sin(a * x), Math.cos(a * x)]
    const first = (a * x * c - s) / (a * x ** 2)
    const second = -a * (s / x) - (2 / x) * first
    expect(derivative(1)(f64(x)).item()).toBeCloseTo(first, 13)
    expect(derivative(2)(f64(x)).item()).toBeCloseTo(second, 12)
    // the two formulas meet at ¼
    for (const n of [0, 1, 2, 3])
      expect(derivative(n)(f64(0.25 - 1e-12)).item()).toBeCloseTo(derivative(n)(f64(0.25)).item(), 9)
    const cubic = (x: number) => (-(Math.PI ** 2) / 3) * x + (Math.PI ** 4 / 30) * x ** 3
    expect(derivative(1)(np.array(1e-3)).item() / cubic(1e-3)).toBeCloseTo(1, 6)
  })
})
