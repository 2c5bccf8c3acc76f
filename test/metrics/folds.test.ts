import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracyFold } from '../../src/metrics/accuracyFold.js'
import { precisionRecallFold } from '../../src/metrics/classScores.js'
import { confusionFold } from '../../src/metrics/confusionFold.js'
import { combineFolds, type Fold, foldAll, mapInput } from '../../src/metrics/fold.js'
import { meanLoss } from '../../src/metrics/meanLoss.js'
import { rocAuc } from '../../src/metrics/rocAuc.js'
import { rocAucOneVsRest } from '../../src/metrics/rocAucOneVsRest.js'

const classes = 3

const classified = fc
  .array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { maxLength: 6 })
  .map((pairs) => ({
    truth: pairs.map(([t]) => t),
    predicted: pairs.map(([, p]) => p),
  }))
const score = fc.oneof(fc.constantFrom(0, -0, 0.5, 1), fc.double({ noNaN: true }))
const scored = fc.array(fc.tuple(fc.nat(1), score), { maxLength: 6 }).map((pairs) => ({
  truth: pairs.map(([t]) => t),
  scores: pairs.map(([, s]) => s),
}))
const scoredRows = fc
  .array(fc.tuple(fc.nat(classes - 1), fc.tuple(score, score, score)), { maxLength: 6 })
  .map((rows) => ({ truth: rows.map(([t]) => t), scores: rows.flatMap(([, s]) => s) }))
const batchLoss = fc.record({
  loss: fc.oneof(
    fc.double({ min: -1e290, max: 1e290, noNaN: true }),
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.constantFrom(1e16, 1, -1e16, Number.NaN, Number.POSITIVE_INFINITY),
  ),
  size: fc.nat(256),
})

/**
 * The laws of a fold, each seen through the result after further inputs: whatever two equal states are fed, they must
 * give the same, to the last bit.
 */
const obeysLaws = <A, S, R>(fold: Fold<A, S, R>, input: fc.Arbitrary<A>): void => {
  const { empty, add, merge, result } = fold
  const inputs = fc.array(input, { maxLength: 5 })
  const state = (of: readonly A[]): S => of.reduce(add, empty)
  fc.assert(
    fc.property(inputs, inputs, inputs, inputs, (x, y, z, more) => {
      const seen = (s: S): R => result(more.reduce(add, s))
      const [a, b, c] = [state(x), state(y), state(z)]
      const whole = seen(state([...x, ...y, ...z]))
      expect(seen(merge(empty, a))).toEqual(seen(a))
      expect(seen(merge(a, empty))).toEqual(seen(a))
      expect(seen(merge(merge(a, b), c))).toEqual(whole)
      expect(seen(merge(a, merge(b, c)))).toEqual(whole)
      // what was merged is left as it was
      expect(seen(a)).toEqual(seen(state(x)))
    }),
  )
}

describe('folds are monoids with a way in', () => {
  it('accuracy', () => obeysLaws(accuracyFold, classified))
  it('confusion matrix', () => obeysLaws(confusionFold(classes), classified))
  it('precision, recall and F1', () => obeysLaws(precisionRecallFold(classes), classified))
  it('mean loss', () => obeysLaws(meanLoss, batchLoss))
  it('area under the ROC curve', () => obeysLaws(rocAuc, scored))
  it('areas one against the rest', () => obeysLaws(rocAucOneVsRest(classes), scoredRows))
  it('several at once', () =>
    obeysLaws(
      combineFolds({
        accuracy: accuracyFold,
        matrix: confusionFold(classes),
        scores: precisionRecallFold(classes),
      }),
      classified,
    ))
})

describe('accuracy', () => {
  it('is the share of right predictions, over all batches', () => {
    const batches = [
      { truth: [1, 2], predicted: [1, 1] },
      { truth: [400], predicted: [400] },
    ]
    expect(foldAll(accuracyFold, batches)).toBe(2 / 3)
    expect(foldAll(accuracyFold, [])).toBeNaN()
    expect(() => foldAll(accuracyFold, [{ truth: [1], predicted: [] }])).toThrow(
      'accuracyFold: as many predictions as true classes are required, got 0 predictions and 1 true classes.',
    )
  })

  it('is the micro-averaged recall', () => {
    fc.assert(
      fc.property(fc.array(classified), (batches) => {
        const { accuracy, scores } = foldAll(
          combineFolds({ accuracy: accuracyFold, scores: precisionRecallFold(classes) }),
          batches,
        )
        if (batches.some(({ truth }) => truth.length > 0)) expect(scores.micro.recall).toBe(accuracy)
      }),
    )
  })
})

describe('mean loss', () => {
  it('weighs batches by their size', () => {
    const [large, small] = [
      { loss: 1, size: 64 },
      { loss: 4, size: 32 },
    ]
    expect(foldAll(meanLoss, [large, small])).toBe(2)
    expect(foldAll(meanLoss, [])).toBeNaN()
    expect(foldAll(meanLoss, [large, { loss: Number.NaN, size: 0 }])).toBe(1)
    expect(foldAll(meanLoss, [large, { loss: Number.NaN, size: 1 }])).toBeNaN()
    expect(foldAll(meanLoss, [large, { loss: Number.POSITIVE_INFINITY, size: 1 }])).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('does not depend on the order of batches', () => {
    const losses = fc.array(batchLoss)
    fc.assert(
      fc.property(
        losses.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(foldAll(meanLoss, shuffled)).toBe(foldAll(meanLoss, all))
        },
      ),
    )
  })
})

describe('confusion matrix', () => {
  it.each([
    [{ truth: [0, 3], predicted: [0, 0] }, 'classes from 0 to 2 are required, got a true class 3 at index 1'],
    [{ truth: [0], predicted: [-1] }, 'got a predicted class -1 at index 0'],
    [{ truth: [0.5], predicted: [0] }, 'got a true class 0.5 at index 0'],
    [{ truth: [], predicted: [0] }, 'as many predictions as true classes are required'],
  ])('refuses %j', (batch, message) => {
    expect(() => foldAll(confusionFold(classes), [batch])).toThrow(message)
  })
})

describe('mapInput', () => {
  it('folds what is selected', () => {
    const steps = [{ batch: { loss: 3, size: 2 }, seconds: 1 }]
    expect(
      foldAll(
        mapInput(meanLoss, (step: (typeof steps)[number]) => step.batch),
        steps,
      ),
    ).toBe(3)
  })
})
