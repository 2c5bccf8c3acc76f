import { describe, expect, it } from 'vitest'
import { predictedClasses } from '../../../src/images/models/predictedClass.js'

describe('predictedClasses', () => {
  it('takes the first largest value of each row', () => {
    expect(Array.from(predictedClasses([1, 3, 2, 5, 5, 0, -3, -2, -1], 3))).toEqual([1, 0, 2])
  })

  it('takes the first NaN', () => {
    expect(Array.from(predictedClasses([1, Number.NaN, 9, Number.NaN, 2, Number.NaN], 3))).toEqual([1, 0])
  })

  it('takes any number of classes', () => {
    const logits = new Float32Array(2 * 70_000)
    logits[300] = 1
    logits[70_000 + 69_999] = 1
    expect(Array.from(predictedClasses(logits, 70_000))).toEqual([300, 69_999])
  })
})
