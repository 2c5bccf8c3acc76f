import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classificationReport, fixedPoint, occurringLabels } from '../../src/metrics/classificationReport.js'
import { classScores, weightedAverage } from '../../src/metrics/classScores.js'
import { accuracy, confusionMatrix, printConfusionMatrix } from '../../src/metrics/confusionMatrix.js'

const report = (truth: number[], predicted: number[], names: string[], digits?: number): string =>
  classificationReport(
    confusionMatrix(truth, predicted, names.length),
    names,
    digits === undefined ? {} : { digits },
  )

type ReportCase = {
  readonly what: string
  readonly truth: number[]
  readonly predicted: number[]
  readonly classes: number
  readonly labels: number[] | null
  readonly names: string[]
  readonly digits: number
  readonly text: string
}
const cases: readonly ReportCase[] = JSON.parse(
  readFileSync(new URL('../fixtures/sklearn/reports.json', import.meta.url), 'utf8'),
).cases

const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 60 })

describe('classificationReport', () => {
  // Expected texts: scikit-learn 1.2.1, zero_division=0.
  it('prints what scikit-learn prints', () => {
    expect(report([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], ['0', '1', '2'])).toBe(
      `              precision    recall  f1-score   support

           0       0.50      1.00      0.67         1
           1       0.00      0.00      0.00         1
           2       1.00      0.67      0.80         3

    accuracy                           0.60         5
   macro avg       0.50      0.56      0.49         5
weighted avg       0.70      0.60      0.61         5
`,
    )
  })

  it('has cases of scikit-learn to be compared with', () => {
    expect(cases.length).toBeGreaterThan(130)
    expect(cases.filter(({ text }) => text.includes('micro avg')).length).toBeGreaterThan(5)
  })

  it.each(cases)(
    'prints what scikit-learn prints: $what',
    ({ truth, predicted, classes, labels, names, digits, text }) => {
      const matrix = confusionMatrix(truth, predicted, classes)
      expect(classificationReport(matrix, names, labels === null ? { digits } : { digits, labels })).toBe(
        text,
      )
    },
  )

  it('takes the labels that occur, as scikit-learn does by default', () => {
    const matrix = confusionMatrix([0, 2, 2], [0, 2, 4], 6)
    expect(occurringLabels(matrix)).toEqual([0, 2, 4])
    const text = classificationReport(matrix, ['a', 'c', 'e'], { labels: occurringLabels(matrix) })
    expect(text).toContain('    accuracy                           0.67         3')
  })

  it('refuses names and labels that do not belong together', () => {
    const matrix = confusionMatrix([0, 1], [0, 1], 2)
    expect(() => classificationReport(matrix, ['a'])).toThrow(
      'classificationReport: a name for each label is required, got 1 names and 2 labels.',
    )
    expect(() => classificationReport(matrix, ['a'], { labels: [2] })).toThrow(
      'labels from 0 to 1 are required, got 2.',
    )
  })

  it('widens the first column for long names', () => {
    expect(report([0, 1], [0, 1], ['weighted averages long', 'b'])).toBe(
      `                        precision    recall  f1-score   support

weighted averages long       1.00      1.00      1.00         1
                     b       1.00      1.00      1.00         1

              accuracy                           1.00         2
             macro avg       1.00      1.00      1.00         2
          weighted avg       1.00      1.00      1.00         2
`,
    )
  })

  it('rounds ties to even, as Python does', () => {
    const truth = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    const predicted = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    expect(report(truth, predicted, ['a', 'b'])).toContain(
      '           a       0.25      0.12      0.17         8',
    )
    expect(report(truth, predicted, ['a', 'b'])).toContain(
      '           b       0.42      0.62      0.50         8',
    )
    expect(report(truth, predicted, ['a', 'b'], 3)).toContain('     0.250     0.125     0.167         8')
  })

  it('prints zeros for classes that do not occur, and for no examples at all', () => {
    expect(report([0, 1], [0, 1], ['0', '1', '2'])).toContain(
      '           2       0.00      0.00      0.00         0',
    )
    expect(report([], [], ['0', '1'])).not.toContain('NaN')
  })

  it('has the accuracy as weighted recall', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const matrix = confusionMatrix(
          all.map(([t]) => t),
          all.map(([, p]) => p),
          4,
        )
        expect(weightedAverage(classScores(matrix)).recall).toBeCloseTo(accuracy(matrix), 12)
      }),
    )
  })

  it('swaps precision and recall when truth and prediction swap, and keeps f1', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const truth = all.map(([t]) => t)
        const predicted = all.map(([, p]) => p)
        const there = classScores(confusionMatrix(truth, predicted, 4))
        const back = classScores(confusionMatrix(predicted, truth, 4))
        expect(back.map((s) => [s.recall, s.precision, s.f1])).toEqual(
          there.map((s) => [s.precision, s.recall, s.f1]),
        )
      }),
    )
  })
})

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

describe('printConfusionMatrix', () => {
  it('has true classes in rows and predicted ones in columns', () => {
    const matrix = confusionMatrix([0, 0, 0, 1, 1], [0, 1, 1, 1, 1], 2)
    expect(printConfusionMatrix(matrix, ['0', '1'])).toBe(
      [
        'true \\ predicted | 0 1',
        '-----------------+----',
        '               0 | 1 2',
        '               1 | 0 2',
      ].join('\n'),
    )
  })

  it('numbers its columns where names would make them too wide', () => {
    const names = Array.from({ length: 12 }, (_, c) => `a name of class ${c}`)
    const matrix = confusionMatrix([0, 11, 11], [0, 3, 11], 12)
    const lines = printConfusionMatrix(matrix, names).split('\n')
    expect(lines[0]).toBe('      true \\ predicted |  0  1  2  3  4  5  6  7  8  9 10 11')
    expect(lines[2]).toBe(' a name of class 0   0 |  1  0  0  0  0  0  0  0  0  0  0  0')
    expect(lines[13]).toBe('a name of class 11  11 |  0  0  0  1  0  0  0  0  0  0  0  1')
    expect(lines).toHaveLength(14)
  })
})
