import { describe, expect, it } from 'vitest'
import { grad, np, type Tensor } from '../../../src/index.js'
import { f64, plain } from '../doubles.js'

describe('hypot', () => {
  it('is infinite beside an infinite operand, NaN too, and NaN beside NaN alone', () => {
    const of = (x: number, y: number) => np.hypot(f64(x), f64(y)).item()
    expect(of(Infinity, NaN)).toBe(Infinity)
    expect(of(NaN, -Infinity)).toBe(Infinity)
    expect(of(-Infinity, Infinity)).toBe(Infinity)
    expect(of(NaN, 1)).toBeNaN()
    expect(of(0, NaN)).toBeNaN()
  })

  it('neither overflows nor vanishes in float32', () => {
    for (const scale of [1e30, 1e-30, 2 ** 124, 2 ** -124])
      expect(np.hypot(np.array(3 * scale), np.array(-4 * scale)).item() / 5 / scale).toBeCloseTo(1, 6)
  })

  it('has the derivative of the infinite operand, and none at the origin', () => {
    const slope = (x: number, y: number) => grad((t: Tensor) => np.hypot(t, f64(y)))(f64(x)).item()
    expect(slope(Infinity, 1)).toBe(1)
    expect(slope(-Infinity, NaN)).toBe(-1)
    expect(slope(1, Infinity)).toBe(0)
    expect(slope(0, 0)).toBe(0)
    expect(slope(-3, 4)).toBeCloseTo(-0.6, 15)
  })
})

describe('clip', () => {
  it('lets a parameter leave the bound that it starts on', () => {
    const total = (x: Tensor) => np.clip(x, 0, 1).sum()
    expect(plain(grad(total)(f64([-1, 0, 0.5, 1, 2])))).toEqual([0, 1, 1, 1, 0])
    const floored = (x: Tensor) => np.clip(x, 0, null).sum()
    expect(plain(grad(floored)(f64([-1, 0, 1])))).toEqual([0, 1, 1])
  })
})
