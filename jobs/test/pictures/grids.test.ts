import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featureMapGrid } from '../../src/images/pictures/featureMapGrid.js'
import { filterGrid } from '../../src/images/pictures/filterGrid.js'
import { labelledPictures } from '../../src/images/pictures/labelledPictures.js'
import { mistakeGrid, mistakes } from '../../src/images/pictures/mistakeGrid.js'
import { type Color, rasterOf } from '../../src/pictures/canvas.js'
import { divergingColor, sequentialColor } from '../../src/pictures/colorScale.js'
import { pixelsOf } from './pixels.js'

const magenta: Color = [255, 0, 255]
const green: Color = [22, 128, 60]

/** A colour that nothing else in a picture has. */
const colorOf = (index: number): Color => [1 + index, 77, 200]

const labelled = (labels: readonly number[], width: number, height: number) => ({
  count: labels.length,
  labels,
  picture: (index: number) => rasterOf(width, height, () => colorOf(index)),
})

describe('mistakeGrid', () => {
  const labels = [3, 1, 4, 1, 5]
  const predicted = [3, 7, 4, 0, 0]

  it('shows just the pictures whose prediction is wrong, enlarged', () => {
    expect(mistakes(labelled(labels, 1, 1), predicted)).toEqual([1, 3, 4])
    const pixels = pixelsOf(mistakeGrid(labelled(labels, 20, 16), predicted))
    const zoom = 5 // the smaller side becomes 80
    expect(labels.map((_, i) => pixels.count(colorOf(i)))).toEqual(
      [0, 1, 0, 1, 1].map((n) => n * 20 * 16 * zoom ** 2),
    )
  })

  it('shows no more than its limit', () => {
    const pixels = pixelsOf(mistakeGrid(labelled(labels, 100, 100), predicted, { limit: 2 }))
    expect(labels.map((_, i) => pixels.count(colorOf(i)))).toEqual([0, 1, 0, 1, 0].map((n) => n * 100 * 100))
  })

  it('writes names of any length without overlap, and says when there is no mistake', () => {
    const names = Array.from({ length: 8 }, (_, c) => `class ${c} ${'w'.repeat(40)}`)
    const named = mistakeGrid(labelled(labels, 28, 28), predicted, { names })
    const numbered = mistakeGrid(labelled(labels, 28, 28), predicted)
    expect(pixelsOf(named).width).toBeGreaterThan(pixelsOf(numbered).width)
    expect(pixelsOf(named).height).toBeGreaterThan(pixelsOf(numbered).height)
    expect(pixelsOf(named).count(green)).toBeGreaterThan(pixelsOf(numbered).count(green))
    const none = pixelsOf(mistakeGrid(labelled(labels, 28, 28), labels))
    expect(none.height).toBeLessThan(60)
    expect(none.count([40, 40, 40])).toBeGreaterThan(100)
    expect(none.count(green)).toBe(0)
  })
})

describe('labelledPictures', () => {
  const set = (channels: number, bytes: readonly number[]) => ({
    pixels: Uint8Array.from(bytes),
    labels: Uint32Array.of(0, 0),
    classes: ['only'],
    count: 2,
    channels,
    height: 1,
    width: 2,
  })

  it('reads channel by channel, row by row', () => {
    const { picture } = labelledPictures(set(3, [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]))
    expect([...picture(0).data]).toEqual([1, 3, 5, 2, 4, 6])
    expect([...picture(1).data]).toEqual([11, 13, 15, 12, 14, 16])
  })

  it('makes grey of one channel, and ink of light where it is asked to', () => {
    const grey = set(1, [1, 2, 3, 4])
    expect([...labelledPictures(grey).picture(1).data]).toEqual([3, 3, 3, 4, 4, 4])
    expect([...labelledPictures(grey, { inverted: true }).picture(0).data]).toEqual([
      254, 254, 254, 253, 253, 253,
    ])
  })
})

describe('filterGrid', () => {
  const one = (values: readonly number[]) => ({ shape: [1, 1, 1, values.length], data: values })
  const area = 42 * 42

  it('shows weights by the largest of their filter', () => {
    const pixels = pixelsOf(filterGrid(one([2, 0, -2, 1]), { name: 'w' }))
    expect([1, 0, -1, 0.5].map((x) => pixels.count(divergingColor(x)))).toEqual([area, area, area, area])
  })

  it('shows three channels as red, green and blue', () => {
    const data = [1, -1, 0, 0, 0.5, 1] // two places, three channels
    const pixels = pixelsOf(filterGrid({ shape: [1, 3, 1, 2], data }, { name: 'w' }))
    expect(pixels.count([255, 128, 191])).toBe(area)
    expect(pixels.count([0, 128, 255])).toBe(area)
  })

  it('does not depend on the scale of a filter', () => {
    const weights = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 18, maxLength: 18 })
    fc.assert(
      fc.property(weights, fc.integer({ min: -20, max: 20 }), (data, exponent) => {
        const shape = [2, 1, 3, 3]
        const scaled = data.map((w, i) => (i < 9 ? w : w * 2 ** exponent))
        expect(filterGrid({ shape, data: scaled }, { name: 'w' })).toEqual(
          filterGrid({ shape, data }, { name: 'w' }),
        )
      }),
      { numRuns: 15 },
    )
  })

  it('survives filters of zeros and NaN, and stops at its limit', () => {
    const pixels = pixelsOf(filterGrid(one([0, Number.NaN]), { name: 'w' }))
    expect([pixels.count(divergingColor(0)), pixels.count(magenta)]).toEqual([area, area])
    const many = { shape: [3, 2, 1, 1], data: [1, 1, 1, 1, 1, 1] }
    expect(pixelsOf(filterGrid(many, { name: 'w', limit: 4 })).count(divergingColor(1))).toBe(4 * area)
  })

  it('refuses other ranks', () => {
    expect(() => filterGrid({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }, { name: 'w' })).toThrow(
      'filterGrid: an array [out,in,kh,kw] is required, got [2,3] with 6 elements.',
    )
    expect(() => filterGrid({ shape: [1, 1, 1, 2], data: [1] }, { name: 'w' })).toThrow(
      'got [1,1,1,2] with 1 elements',
    )
  })
})

describe('featureMapGrid', () => {
  it('shows each map from its least to its greatest value', () => {
    const data = [5, 7, 9, -1, -0.5, 0]
    const pixels = pixelsOf(featureMapGrid({ shape: [2, 1, 3], data }, { name: 'm' }))
    for (const x of [0, 0.5, 1]) expect(pixels.count(sequentialColor(x))).toBe(2 * 80 * 80)
  })

  it('shows a map that is the same everywhere dark, and NaN magenta', () => {
    const data = [3, 3, Number.NaN, 3, 1, Number.POSITIVE_INFINITY]
    const pixels = pixelsOf(featureMapGrid({ shape: [3, 1, 2], data }, { name: 'm' }))
    expect(pixels.count(sequentialColor(0))).toBe(4 * 80 * 80)
    expect(pixels.count(magenta)).toBe(80 * 80)
    expect(pixels.count(sequentialColor(1))).toBe(80 * 80)
  })

  it('stops at its limit, and refuses other ranks', () => {
    const maps = { shape: [5, 1, 1], data: [1, 1, 1, 1, 1] }
    expect(pixelsOf(featureMapGrid(maps, { name: 'm', limit: 2 })).count(sequentialColor(0))).toBe(
      2 * 80 * 80,
    )
    expect(() => featureMapGrid({ shape: [1, 5, 1, 1], data: [1, 1, 1, 1, 1] }, { name: 'm' })).toThrow(
      'featureMapGrid: an array [c,h,w] is required, got [1,5,1,1] with 5 elements.',
    )
  })
})
