import { describe, expect, it } from 'vitest'
import { grad, np, type Tensor } from '../../src/index.js'
import { f64 } from './doubles.js'

const slope = (f: (x: Tensor) => Tensor, x: number): number => grad(f)(f64(x)).item()

describe('derivatives at the ends', () => {
  it('expm1 and log1p stay exact where they saturate', () => {
    expect(slope(np.expm1, -50)).toBe(Math.exp(-50))
    expect(slope(np.log1p, 1e-20)).toBe(1)
  })

  it('acosh and asin are NaN out of their domain, as their values are', () => {
    for (const [f, x] of [
      [np.acosh, -2],
      [np.asin, 1.5],
    ] as const) {
      expect(f(f64(x)).item()).toBeNaN()
      expect(slope(f, x)).toBeNaN()
    }
  })
})
