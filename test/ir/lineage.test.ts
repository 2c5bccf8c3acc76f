import { describe, expect, it } from 'vitest'
import { makeGraph, np, type Tensor } from '../../src/index.js'
import {
  equationsIn,
  fromMemory,
  type Lineage,
  lineageOf,
  nameOf,
  type Origin,
} from '../../src/ir/lineage.js'

const { eqns } = makeGraph((x: Tensor) => np.cos(np.exp(np.sin(x).mul(2)).neg()))(np.ones([2])).graph
const [sin, mul, exp, neg, cos] = eqns

/** Of equations one after another. */
const chain = (made: readonly Origin[]): Lineage =>
  made.reduce((before, eqn) => lineageOf([before], eqn), fromMemory)

describe('lineages', () => {
  it('list each equation once, operands first', () => {
    const common = chain([sin, mul])
    const [left, right] = [lineageOf([common], exp), lineageOf([common], neg)]
    const both = lineageOf([left, common, right, left], cos)
    expect(equationsIn(both)).toEqual([sin, mul, exp, neg, cos])
    expect(equationsIn(lineageOf([right, left]))).toEqual([sin, mul, neg, exp])
    expect(equationsIn(lineageOf([chain([sin, exp]), chain([sin, neg])]))).toEqual([sin, exp, neg])
  })

  it('name their primitives, each once', () => {
    expect(nameOf(chain([sin, mul, sin, exp]))).toBe('sin mul exp')
    expect(nameOf(lineageOf([chain([neg, mul]), chain([sin, mul])]))).toBe('neg mul sin')
    expect(nameOf(lineageOf([fromMemory, fromMemory]))).toBe('copy')
  })

  it('are as deep as a chain is long', () => {
    expect(equationsIn(chain(Array.from({ length: 100_000 }, (_, i) => eqns[i % 5])))).toHaveLength(5)
  })
})
