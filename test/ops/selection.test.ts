import { describe, expect, it } from 'vitest'
import { DTypeError, grad, np, ShapeError, stopGradient, type Tensor } from '../../src/index.js'
import { select } from '../../src/ops/elementwise/select.js'
import { f64, plain } from './doubles.js'

describe('select and where', () => {
  it('give nothing to the branch that was not taken, whatever its slope', () => {
    const f = (x: Tensor) => np.where(np.greater(x, 1), np.square(x), np.mul(x, 3)).sum()
    expect(plain(grad(f)(f64([0, 2])))).toEqual([3, 4])
  })

  it('let the operand be made safe, to every order', () => {
    const safe = (x: Tensor) => np.where(np.equal(x, 0), 1, x)
    const f = (x: Tensor) => np.where(np.equal(x, 0), 0, np.sqrt(safe(x))).sum()
    expect(plain(grad(f)(f64([0, 4])))).toEqual([0, 0.25])
    expect(plain(grad((x: Tensor) => grad(f)(x).sum())(f64([0, 4])))).toEqual([0, -1 / 32])
  })

  it('take any condition, broadcast and promote', () => {
    expect(np.where(f64([[1], [0]]), 1, np.array(Int32Array.of(5, 6))).toArray()).toEqual([
      [1, 1],
      [5, 6],
    ])
  })

  it('select alone does neither', () => {
    expect(() => select(f64([1]), f64([1]), f64([1]))).toThrow(DTypeError)
    expect(() => select(np.array([true]), f64([1, 2]), f64([1, 2]))).toThrow(ShapeError)
  })
})

describe('stopGradient', () => {
  it('is a constant to differentiation', () => {
    expect(grad((x: Tensor) => np.mul(x, stopGradient(x)))(f64(3)).item()).toBe(3)
  })
})
