import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../src/debug.js'
import { customJvp, customVjp, GradError, np, stopGradient, type Tensor } from '../../src/index.js'
import { scalar, vector } from './doubles.js'

const { sin, cos } = np

const withSlope = (slope: (x: Tensor) => Tensor) =>
  customJvp(
    (x: Tensor) => sin(x),
    ([x], [dx]) => [sin(x), slope(x).mul(dx)],
  )

const withPullback = (slope: (x: Tensor) => Tensor) =>
  customVjp(
    (x: Tensor) => sin(x),
    (x): [Tensor, Tensor] => [sin(x), x],
    (x, ct) => [slope(x).mul(ct)],
  )

describe('checkGrads', () => {
  it('accepts right derivatives to order three, of trees and several arguments', () => {
    checkGrads((x: Tensor) => sin(x).mul(x).sum(), [vector(0.1, 0.7)], { order: 3, tolerance: 1e-4 })
    checkGrads(
      (p: { readonly a: Tensor }, y: Tensor) => ({ z: p.a.mul(np.exp(y)) }),
      [{ a: vector(1, 2) }, scalar(0.5)],
    )
    checkGrads(withSlope(cos), [vector(0.3, 2)])
    checkGrads(withPullback(cos), [vector(0.3, 2)], { modes: ['reverse'] })
  })

  it('detects a wrong forward rule, saying mode and order', () => {
    const wrong = withSlope((x) => cos(x).mul(1.001))
    expect(() => checkGrads(wrong, [vector(0.3, 2)])).toThrow(GradError)
    expect(() => checkGrads(wrong, [vector(0.3, 2)], { modes: ['forward'] })).toThrow(/forward derivative/)
    expect(() => checkGrads(wrong, [vector(0.3, 2)], { modes: ['reverse'] })).toThrow(/reverse derivative/)
  })

  it('detects a wrong reverse rule', () => {
    const wrong = withPullback((x) => cos(x).neg())
    expect(() => checkGrads(wrong, [vector(0.3, 2)], { modes: ['reverse'] })).toThrow(/reverse derivative/)
  })

  it('detects a rule that is right at first order only', () => {
    const wrong = withSlope((x) => stopGradient(cos(x)))
    checkGrads(wrong, [vector(0.3, 2)], { order: 1 })
    expect(() => checkGrads(wrong, [vector(0.3, 2)], { order: 2 })).toThrow(/order forward-forward/)
  })

  it('detects a derivative that is NaN', () => {
    expect(() =>
      checkGrads(
        withSlope((x) => cos(x).mul(Number.NaN)),
        [scalar(1)],
      ),
    ).toThrow(GradError)
  })
})
