import { describe, expect, it } from 'vitest'
import { GradError, grad, np, type Tensor } from '../../src/index.js'
import { polygamma } from '../../src/ops/elementwise/gamma.js'
import { f64 } from './doubles.js'

const euler = 0.5772156649015329
const zeta3 = 1.2020569031595942

describe('lgamma and its derivatives', () => {
  it('at 1 are 0, −γ, π²/6, −2ζ(3), π⁴/15', () => {
    const orders = [(x: Tensor) => np.lgamma(x)]
    for (let n = 1; n <= 4; n++) orders.push(grad(orders[n - 1]))
    const values = orders.map((f) => f(f64(1)).item())
    const expected = [0, -euler, Math.PI ** 2 / 6, -2 * zeta3, Math.PI ** 4 / 15]
    values.forEach((v, n) => {
      expect(v).toBeCloseTo(expected[n], 9)
    })
  })

  it('polygamma of order 0 is digamma; orders are whole and not negative', () => {
    expect(polygamma(0, f64(2)).item()).toBe(np.digamma(f64(2)).item())
    expect(() => polygamma(1.5, f64(1))).toThrow(GradError)
    expect(() => polygamma(-1, f64(1))).toThrow(GradError)
  })
})
