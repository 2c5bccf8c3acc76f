import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

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

/** Words beside the curves. */
export type PlotWords = { readonly title: string; readonly x: string; readonly y: string }

const size = { width: 720, height: 440, top: 64, left: 56, right: 20, bottom: 44 }
const font = { 'font-family': 'Helvetica, Arial, DejaVu Sans, sans-serif', fill: '#222' }

type Point = { readonly x: number; readonly y: number }

const pointsOf = ({ x, y }: Curve): readonly Point[] =>
  Array.from({ length: x.length }, (_, i) => ({ x: x[i], y: Number.isFinite(y[i]) ? y[i] : Number.NaN }))

const marksOf = (curve: Curve): readonly Plot.Markish[] => {
  const points = pointsOf(curve)
  const channels = { x: 'x', y: 'y' }
  return [
    Plot.line(points, { ...channels, stroke: curve.color, strokeWidth: curve.width }),
    ...(curve.dots ? [Plot.dot(points, { ...channels, fill: curve.color, r: 3 })] : []),
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
export const lossPlot = (curves: readonly Curve[], words: PlotWords): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const element = (name: string, attributes: Record<string, string | number>, text = '') => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
    if (name === 'text') made.setAttribute('text-anchor', 'start')
    made.textContent = text
    return made
  }
  const chart = Plot.plot({
    document,
    width: size.width,
    height: size.height,
    marginTop: size.top,
    marginLeft: size.left,
    marginRight: size.right,
    marginBottom: size.bottom,
    x: { label: words.x, labelAnchor: 'center', labelArrow: 'none', grid: true },
    y: { label: words.y, labelAnchor: 'center', labelArrow: 'none', grid: true, zero: true, nice: true },
    marks: [Plot.frame({ stroke: '#bbb' }), ...curves.flatMap(marksOf)],
  })
  chart.querySelector('style')?.remove()
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  for (const [key, value] of Object.entries(font)) chart.setAttribute(key, value)
  chart.setAttribute('font-size', '12')
  chart.prepend(element('rect', { width: size.width, height: size.height, fill: 'white' }))
  chart.append(
    element(
      'text',
      { x: size.left, y: 26, 'font-size': 16, 'font-weight': 'bold', fill: '#222' },
      words.title,
    ),
  )
  let at = size.left
  for (const { name, color, width } of curves) {
    chart.append(
      element('line', {
        x1: at,
        x2: at + 22,
        y1: 46,
        y2: 46,
        stroke: color,
        'stroke-width': Math.max(width, 2),
      }),
      element('text', { x: at + 28, y: 50, fill: '#222' }, name),
    )
    at += 28 + 7 * name.length + 24
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${chart.outerHTML}\n`
}
