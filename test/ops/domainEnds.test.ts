import { describe, expect, it } from 'vitest'
import { grad, np, type Tensor } from '../../src/index.js'
import { f64 } from './doubles.js'

const slope = (f: (x: Tensor) => Tensor, x: number): number => grad(f)(f64(x)).item()

describe('derivatives at the ends', () => {
  it('expm1 and log1p stay exact where they saturate', () => {
    expect(slope(np.expm1, -50)).toBe(Math.exp(-50))
    expect(slope(np.log1p, 1e-20)).toBe(1)
  })

  it('atan2, asinh and acosh keep theirs in float32 where squares overflow or vanish', () => {
    const of = (f: (x: Tensor) => Tensor, x: number) => grad(f)(np.array(x)).item()
    for (const r of [1e25, 1e-25, 1e-30, 1e37]) {
      expect(of((y) => np.atan2(y, np.array(r)), r) * r).toBeCloseTo(0.5, 6)
      expect(of((x) => np.atan2(np.array(r), x), -3 * r) * r).toBeCloseTo(-0.1, 6)
    }
    for (const x of [1e30, -1e30, 1e19]) expect(of(np.asinh, x) * Math.abs(x)).toBeCloseTo(1, 6)
    expect(of(np.acosh, 1e30) * 1e30).toBeCloseTo(1, 6)
    expect(of((x) => grad(np.asinh)(x), 1e10) * 1e20).toBeCloseTo(-1, 6)
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
