import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Color } from '../../src/pictures/canvas.js'
import { divergingColor, sequentialColor, signedRgb } from '../../src/pictures/colorScale.js'

const brightness = ([r, g, b]: Color): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
const unit = fc.double({ min: 0, max: 1, noNaN: true })

describe('scales of colours', () => {
  it('grow brighter from least to greatest', () => {
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        // colours are whole numbers: half a step of each channel may be lost
        expect(brightness(sequentialColor(low))).toBeLessThanOrEqual(brightness(sequentialColor(high)) + 1)
      }),
    )
    expect([sequentialColor(0), sequentialColor(1)]).toEqual([
      [68, 1, 84],
      [253, 231, 37],
    ])
  })

  it('show the sign', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), (x) => {
        const [positive, negative] = [divergingColor(x), divergingColor(-x)]
        expect(positive[0]).toBeGreaterThan(positive[2])
        expect(negative[2]).toBeGreaterThan(negative[0])
      }),
    )
    expect(divergingColor(0)).toEqual([247, 247, 247])
    expect([signedRgb(-1, 0, 1), signedRgb(0, 0, 0)]).toEqual([
      [0, 128, 255],
      [128, 128, 128],
    ])
  })

  it('end at their ends, and make NaN magenta', () => {
    expect(sequentialColor(7)).toEqual(sequentialColor(1))
    expect(divergingColor(Number.NEGATIVE_INFINITY)).toEqual(divergingColor(-1))
    for (const color of [
      sequentialColor(Number.NaN),
      divergingColor(Number.NaN),
      signedRgb(0, Number.NaN, 0),
    ])
      expect(color).toEqual([255, 0, 255])
  })
})
