import * as Plot from '@observablehq/plot'
import { inkColor, svgChart } from './svgChart.js'

/** A curve: `y[i]` at `x[i]`. A value that is not finite breaks the line. */
export type Curve = {
  readonly name: string
  readonly color: string
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
  /** Width of the line in pixels; with `dots`, every point is marked too. */
  readonly width: number
  readonly dots: boolean
}

/** Words beside the curves, and the range of `y`: from 0 up to what there is, unless it is given. */
export type PlotWords = {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly range?: readonly [number, number]
}

const size = { width: 720, height: 440, top: 64, left: 56, right: 20, bottom: 44 }

type Point = { readonly x: number; readonly y: number }

/** More points than this are not seen apart. */
const pointLimit = 2000

/** The points at the least and the greatest of each group of neighbours: the outline of the curve stays. */
const thinned = (points: readonly Point[]): readonly Point[] => {
  if (points.length <= pointLimit) return points
  const group = Math.ceil((2 * points.length) / pointLimit)
  const kept: Point[] = []
  for (let from = 0; from < points.length; from += group) {
    const to = Math.min(from + group, points.length)
    let [least, greatest] = [from, from]
    for (let i = from; i < to; i++) {
      // a gap stays a gap
      if (Number.isNaN(points[i].y)) least = i
      else if (Number.isNaN(points[greatest].y) || points[i].y > points[greatest].y) greatest = i
      if (!Number.isNaN(points[least].y) && points[i].y < points[least].y) least = i
    }
    kept.push(...[...new Set([least, greatest])].sort((a, b) => a - b).map((i) => points[i]))
  }
  return kept
}

const pointsOf = ({ x, y }: Curve): readonly Point[] =>
  thinned(
    Array.from({ length: x.length }, (_, i) => ({ x: x[i], y: Number.isFinite(y[i]) ? y[i] : Number.NaN })),
  )

const marksOf = (curve: Curve): readonly Plot.Markish[] => {
  const points = pointsOf(curve)
  const channels = { x: 'x', y: 'y', clip: true } as const
  return [
    Plot.line(points, { ...channels, stroke: curve.color, strokeWidth: curve.width }),
    ...(curve.dots ? [Plot.dot(points, { ...channels, clip: false, fill: curve.color, r: 3 })] : []),
  ]
}

/** The mean of the `window` values up to each value; a window of 1 changes nothing. */
export const movingAverage = (values: ArrayLike<number>, window: number): Float64Array => {
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const from = Math.max(0, i + 1 - window)
    let sum = 0
    for (let j = from; j <= i; j++) sum += values[j]
    out[i] = sum / (i + 1 - from)
  }
  return out
}

/** Draws curves over common axes: a standalone SVG file with title, labels, legend and a white ground. */
export const linePlot = (curves: readonly Curve[], words: PlotWords): string =>
  svgChart(
    (document) =>
      Plot.plot({
        document,
        width: size.width,
        height: size.height,
        marginTop: size.top,
        marginLeft: size.left,
        marginRight: size.right,
        marginBottom: size.bottom,
        x: { label: words.x, labelAnchor: 'center', labelArrow: 'none', grid: true, zero: true },
        y: {
          label: words.y,
          labelAnchor: 'center',
          labelArrow: 'none',
          grid: true,
          ...(words.range === undefined ? { zero: true, nice: true } : { domain: [...words.range] }),
        },
        marks: [Plot.frame({ stroke: '#bbb' }), ...curves.flatMap(marksOf)],
      }),
    {
      title: words.title,
      left: size.left,
      beside: (element) =>
        curves.flatMap(({ name, color, width }, i) => {
          const at = curves.slice(0, i).reduce((x, curve) => x + 28 + 7 * curve.name.length + 24, size.left)
          const stroke = { stroke: color, 'stroke-width': Math.max(width, 2) }
          return [
            element('line', { x1: at, x2: at + 22, y1: 46, y2: 46, ...stroke }),
            element('text', { x: at + 28, y: 50, fill: inkColor }, name),
          ]
        }),
    },
  )
