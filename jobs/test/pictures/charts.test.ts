import { describe, expect, it } from 'vitest'
import { confusionMatrix } from '../../../src/metrics/confusionMatrix.js'
import { confusionPlot } from '../../src/images/pictures/confusionPlot.js'
import { linePlot } from '../../src/pictures/linePlot.js'
import { accuracyCurves, lossCurves, type RunCurves, rateCurve } from '../../src/pictures/runCurves.js'
import { numberOf, type Parsed, parseSvg, textsOf } from './svg.js'

/** The points of every line, in pixels. */
const pathsOf = (svg: Parsed): readonly (readonly (readonly [number, number])[])[] =>
  [...svg.querySelectorAll('g[aria-label=line] path')].map((path) =>
    [...(path.getAttribute('d') ?? '').matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]),
  )

const words = { title: 'Loss & <more>', x: 'epoch', y: 'loss' }
const curve = (y: ArrayLike<number>) => ({
  name: 'a "curve"',
  color: '#123456',
  x: Float64Array.from({ length: y.length }, (_, i) => i),
  y,
  width: 1,
  dots: false,
})

describe('linePlot', () => {
  it('is a file of XML with its words', () => {
    const texts = textsOf(parseSvg(linePlot([curve([1, 2])], words)), 'text')
    expect(texts).toContain('Loss & <more>')
    expect(texts).toContain('a "curve"')
  })

  it('breaks a line where a value is not finite', () => {
    const path = (y: readonly number[]): string =>
      [...parseSvg(linePlot([curve(y)], words)).querySelectorAll('g[aria-label=line] path')][0].getAttribute(
        'd',
      ) ?? ''
    expect(path([1, 2, 3, 4]).match(/M/g)).toHaveLength(1)
    expect(path([1, Number.NaN, 3, 4]).match(/M/g)).toHaveLength(2)
    expect(path([1, 2, Number.POSITIVE_INFINITY, 4]).match(/M/g)).toHaveLength(2)
  })

  it('keeps the extremes of a long curve, and its size small', () => {
    const y = Float64Array.from({ length: 100_000 }, () => 1)
    y[43_210] = 9
    y[77_777] = 0
    const svg = linePlot([curve(y)], { ...words, range: [0, 10] })
    const [points] = pathsOf(parseSvg(svg))
    const heights = points.map(([, h]) => h)
    expect(points.length).toBeLessThanOrEqual(2000)
    // pixels grow downwards: 0 at the bottom (396), 10 at the top (64)
    expect(Math.max(...heights)).toBeCloseTo(396, 0)
    expect(Math.min(...heights)).toBeCloseTo(396 - 0.9 * 332, 0)
    expect([...new Set(heights)]).toHaveLength(3)
    expect(svg.length).toBeLessThan(40_000)
  })

  it('keeps gaps of a long curve', () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => (i > 30_000 && i < 60_000 ? Number.NaN : 1))
    const path = [...parseSvg(linePlot([curve(y)], words)).querySelectorAll('g[aria-label=line] path')][0]
    expect(path.getAttribute('d')?.match(/M/g)).toHaveLength(2)
  })

  it('gives equal files for equal curves, whatever was drawn before', () => {
    const draw = () => linePlot([curve([1, 2]), curve([2, 1])], words)
    const first = draw()
    draw()
    expect(draw()).toBe(first)
    expect(first).toMatch(/clip-path="url\(#clip-0\)"/)
    expect(first).toMatch(/id="clip-0"/)
  })
})

describe('curves of a run', () => {
  const run: RunCurves = {
    model: 'mnist-cnn',
    stepsPerEpoch: 20,
    stepLoss: Float64Array.from({ length: 40 }, (_, i) => 2 / (i + 1)),
    stepAccuracy: Float64Array.from({ length: 40 }, (_, i) => (i < 2 ? 0 : 0.9)),
    epochs: [
      {
        epoch: 1,
        trainLoss: 1,
        trainAccuracy: 0.88,
        validationLoss: 0.7,
        validationAccuracy: 0.9,
        testLoss: 0.5,
        testAccuracy: 0.91,
      },
      {
        epoch: 2,
        trainLoss: 0.4,
        trainAccuracy: 0.93,
        validationLoss: 0.6,
        validationAccuracy: 0.92,
        testLoss: null,
        testAccuracy: null,
      },
    ],
  }
  const dots = (svg: Parsed): readonly number[] =>
    [...svg.querySelectorAll('g[aria-label=dot]')].map(
      (group) => [...group.querySelectorAll('circle')].length,
    )

  it('marks each epoch, and validations and tests where there were any', () => {
    for (const draw of [lossCurves, accuracyCurves]) {
      const svg = parseSvg(draw(run))
      expect(dots(svg)).toEqual([2, 2, 1])
      expect(textsOf(svg, 'text')).toEqual(
        expect.arrayContaining(['training, mean of each epoch', 'validation', 'test', 'epoch']),
      )
      expect(
        pathsOf(svg)
          .slice(0, 2)
          .map((path) => path.length),
      ).toEqual([40, 40])
      const unjudged = run.epochs.map((e) => ({ ...e, validationLoss: null, validationAccuracy: null }))
      const without = parseSvg(draw({ ...run, epochs: unjudged }))
      expect(dots(without)).toEqual([2, 1])
      expect(textsOf(without, 'text')).not.toContain('validation')
    }
  })

  it('shows accuracies from 0 to 1, however high they are', () => {
    const svg = parseSvg(accuracyCurves({ ...run, stepAccuracy: new Float64Array(40).fill(0.9) }))
    const ticks = textsOf(svg, 'g[aria-label="y-axis tick label"] text').map(Number)
    expect([Math.min(...ticks), Math.max(...ticks)]).toEqual([0, 1])
  })

  it('marks the mean of an epoch at its middle, and its test at its end', () => {
    for (const draw of [lossCurves, accuracyCurves]) {
      const svg = parseSvg(draw(run))
      const [steps, , means] = pathsOf(svg)
      const xs = steps.map(([x]) => x)
      // 40 steps of 2 epochs: the tenth ends half of the first epoch
      expect(means[0][0]).toBeCloseTo(xs[9], 0)
      expect(means[1][0]).toBeCloseTo(xs[29], 0)
      const [, tested] = [...svg.querySelectorAll('g[aria-label=dot]')]
      const [circle] = [...tested.querySelectorAll('circle')]
      expect(Number(circle.getAttribute('cx'))).toBeCloseTo(xs[19], 0)
    }
  })

  it('shows the learning rate from 0 on', () => {
    const svg = parseSvg(rateCurve(run, Float64Array.of(0.002, 0.001)))
    const [points] = pathsOf(svg)
    expect(points).toHaveLength(2)
    expect(points[0][1]).toBeLessThan(points[1][1])
    expect(textsOf(svg, 'text')).toContain('mnist-cnn: learning rate')
  })

  it('draws what has hardly begun', () => {
    const begun = { ...run, stepLoss: [2.3], stepAccuracy: [0.1], epochs: [] }
    for (const draw of [lossCurves, accuracyCurves]) {
      const svg = parseSvg(draw(begun))
      expect(dots(svg)).toEqual([])
      expect(textsOf(svg, 'text')).toContain('training, each step')
    }
  })
})

describe('confusionPlot', () => {
  const matrix = confusionMatrix([0, 0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 1, 1, 2], 3)
  const names = ['cat & "dog"', '<bird>', 'a name that is much too long to be shown as a whole']

  /** Where each count stands, from left to right and from top to bottom. */
  const grid = (svg: Parsed): readonly (readonly string[])[] => {
    const places = [...svg.querySelectorAll('g[aria-label=text] text')].map((text) => {
      const [, x, y] = /translate\(([\d.]+),([\d.]+)\)/.exec(text.getAttribute('transform') ?? '') ?? []
      return { x: Number(x), y: Number(y), text: text.textContent }
    })
    const rows = [...new Set(places.map(({ y }) => y))].sort((a, b) => a - b)
    return rows.map((row) =>
      places
        .filter(({ y }) => y === row)
        .sort((a, b) => a.x - b.x)
        .map(({ text }) => text),
    )
  }

  it('has true classes in rows, predicted ones in columns, and every count in its cell', () => {
    expect(grid(parseSvg(confusionPlot(matrix, names)))).toEqual([
      ['2', '2', '0'],
      ['0', '1', '0'],
      ['0', '1', '1'],
    ])
  })

  it('names classes on both axes, cut where they are long', () => {
    const svg = parseSvg(confusionPlot(matrix, names))
    const cut = 'a name that is much too lon…'
    expect(textsOf(svg, 'g[aria-label="x-axis tick label"] text')).toEqual([names[0], names[1], cut])
    expect(textsOf(svg, 'g[aria-label="y-axis tick label"] text')).toEqual([names[0], names[1], cut])
    expect(textsOf(svg, 'text')).toEqual(expect.arrayContaining(['4 of 7 right', 'true', 'predicted']))
  })

  it('keeps classes of one name apart', () => {
    expect(grid(parseSvg(confusionPlot(matrix, ['a', 'a', 'a'])))).toHaveLength(3)
  })

  it('colours the diagonal blue and mistakes red, by their share of the row', () => {
    const svg = parseSvg(confusionPlot(matrix, ['a', 'b', 'c']))
    const fills = [...svg.querySelectorAll('g[aria-label=cell] rect')]
      .map((rect) => ({
        x: numberOf(rect, 'x'),
        y: numberOf(rect, 'y'),
        fill: rect.getAttribute('fill') ?? '',
      }))
      .sort((a, b) => a.y - b.y || a.x - b.x)
      .map(({ fill }) => fill.match(/\d+/g)?.map(Number) ?? [])
    expect(fills).toHaveLength(9)
    const [right, half, none, , certain] = fills
    expect(right[2]).toBeGreaterThan(right[0])
    expect(half[0]).toBeGreaterThan(half[2])
    expect(none).toEqual([255, 255, 255])
    expect(certain).toEqual([24, 94, 160])
  })

  it('leaves cells of 0 empty where there are many classes', () => {
    const all = Array.from({ length: 43 }, (_, c) => c)
    const large = confusionMatrix([...all, 0], [...all, 1], 43)
    expect(grid(parseSvg(confusionPlot(large, all.map(String)))).flat()).toEqual(
      Array.from({ length: 44 }, () => '1'),
    )
  })

  it('wants a name for each class, and draws characters that XML lacks as others', () => {
    expect(() => confusionPlot(matrix, ['a'])).toThrow(
      'confusionPlot: a name for each of 3 classes is required, got 1.',
    )
    const svg = confusionPlot(matrix, ['\u0000\u0008', '\ud800', 'c'])
    for (const char of ['\u0000', '\u0008', '\ud800']) expect(svg.includes(char)).toBe(false)
    expect(svg).toContain('\ufffd\ufffd')
  })
})
