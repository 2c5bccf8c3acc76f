import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldAll } from '../../src/metrics/fold.js'
import { rocAuc } from '../../src/metrics/rocAuc.js'
import { rocAucOneVsRest } from '../../src/metrics/rocAucOneVsRest.js'

type AreaCase = {
  readonly classes: number
  readonly truth: number[]
  readonly scores: number[]
  readonly each?: number[]
  readonly macro: number
  readonly weighted?: number
}
const cases: readonly AreaCase[] = JSON.parse(
  readFileSync(new URL('../fixtures/sklearn/areas.json', import.meta.url), 'utf8'),
).cases

/** In three batches, cut anywhere. */
const inBatches = ({ truth, scores, classes }: AreaCase, width: number) => {
  const cuts = [0, Math.floor(truth.length / 3), Math.floor(truth.length / 2), truth.length]
  expect(truth.length * width).toBe(scores.length)
  expect(classes).toBeGreaterThan(1)
  return [0, 1, 2].map((i) => ({
    truth: truth.slice(cuts[i], cuts[i + 1]),
    scores: Float64Array.from(scores.slice(cuts[i] * width, cuts[i + 1] * width)),
  }))
}

describe('rocAuc', () => {
  const binary = cases.filter((c) => c.classes === 2)

  it('is scikit-learn’s area for two classes', () => {
    expect(binary.length).toBeGreaterThanOrEqual(40)
    for (const each of binary) expect(foldAll(rocAuc, inBatches(each, 1))).toBeCloseTo(each.macro, 13)
  })

  it('is the share of pairs in the right order, a tie counting half', () => {
    const scores = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(scores, scores, (ones, zeros) => {
        const pairs = ones.flatMap((one) =>
          zeros.map((zero): number => (one > zero ? 1 : one === zero ? 0.5 : 0)),
        )
        const area = foldAll(rocAuc, [
          { truth: ones.map(() => 1), scores: ones },
          { truth: zeros.map(() => 0), scores: zeros },
        ])
        expect(area).toBe(pairs.reduce((a, b) => a + b) / pairs.length)
      }),
    )
  })

  it('takes 0 and −0 for a tie, and infinities for what they are', () => {
    expect(foldAll(rocAuc, [{ truth: [0, 1], scores: [0, -0] }])).toBe(0.5)
    expect(foldAll(rocAuc, [{ truth: [0, 1, 1], scores: [-Infinity, Infinity, -Infinity] }])).toBe(0.75)
  })

  it('is NaN where a class or a score is missing', () => {
    expect(foldAll(rocAuc, [])).toBeNaN()
    expect(foldAll(rocAuc, [{ truth: [1, 1], scores: [0, 1] }])).toBeNaN()
    expect(foldAll(rocAuc, [{ truth: [0, 1, 1], scores: [0, Number.NaN, 1] }])).toBeNaN()
  })

  it('says what it was given', () => {
    expect(() => foldAll(rocAuc, [{ truth: [0, 2], scores: [0, 1] }])).toThrow(
      'rocAuc: classes 0 and 1 are required, got 2 at index 1.',
    )
    expect(() => foldAll(rocAuc, [{ truth: [0], scores: [0, 1] }])).toThrow('as many scores as true classes')
  })
})

describe('rocAucOneVsRest', () => {
  const several = cases.filter((c) => c.classes > 2)

  it('is scikit-learn’s area for each class, and its means', () => {
    expect(several.length).toBeGreaterThanOrEqual(40)
    for (const each of several) {
      const got = foldAll(rocAucOneVsRest(each.classes), inBatches(each, each.classes))
      each.each?.forEach((area, c) => {
        expect(got.classes[c]).toBeCloseTo(area, 13)
      })
      expect(got.classes).toHaveLength(each.each?.length ?? -1)
      expect(got.macro).toBeCloseTo(each.macro, 13)
      expect(got.weighted).toBeCloseTo(each.weighted ?? Number.NaN, 13)
    }
  })

  it('is NaN where a class does not occur', () => {
    const got = foldAll(rocAucOneVsRest(3), [{ truth: [0, 1], scores: [1, 0, 0, 0, 1, 0] }])
    expect(got).toEqual({ classes: [1, 1, Number.NaN], macro: Number.NaN, weighted: Number.NaN })
  })

  it('says what it was given', () => {
    expect(() => foldAll(rocAucOneVsRest(2), [{ truth: [0, 2], scores: [0, 1, 2, 3] }])).toThrow(
      'rocAucOneVsRest: classes from 0 to 1 are required, got 2 at index 1.',
    )
    expect(() => foldAll(rocAucOneVsRest(2), [{ truth: [0], scores: [0] }])).toThrow(
      '2 times as many scores as true classes are required, got 1 scores and 1 true classes.',
    )
  })
})
