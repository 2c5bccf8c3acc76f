import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedPoint } from '../../src/metrics/fixedPoint.js'

describe('fixedPoint', () => {
  it.each([
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [0.625, 2, '0.62'],
    [0.875, 2, '0.88'],
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [-0.125, 2, '-0.12'],
    [0.0625, 3, '0.062'],
    [0.995, 2, '0.99'],
    [1, 2, '1.00'],
    [2 / 3, 2, '0.67'],
  ])('%d with %i decimals is %s, as in Python', (value, digits, text) => {
    expect(fixedPoint(value, digits)).toBe(text)
  })

  it('is never further away than half a unit of the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), fc.nat(6), (value, digits) => {
        expect(Math.abs(Number(fixedPoint(value, digits)) - value)).toBeLessThanOrEqual(
          0.5 * 10 ** -digits * (1 + 1e-9),
        )
      }),
    )
  })
})
