import * as Plot from '@observablehq/plot'
import { GradError } from 'grad-ts'
import type { ConfusionMatrix } from 'grad-ts/metrics'
import { inkColor, svgChart, xmlText } from '../../pictures/svgChart.js'

type Cell = {
  readonly truth: number
  readonly predicted: number
  readonly count: number
  /** Of the examples of the true class. */
  readonly share: number
}

const sum = (counts: Int32Array): number => counts.reduce((total, count) => total + count, 0)

const cellsOf = ({ classes, counts }: ConfusionMatrix): readonly Cell[] =>
  Array.from(counts, (count, i) => {
    const truth = Math.floor(i / classes)
    const all = sum(counts.subarray(truth * classes, (truth + 1) * classes))
    return { truth, predicted: i % classes, count, share: all === 0 ? 0 : count / all }
  })

const mix = (from: readonly number[], to: readonly number[], part: number): string =>
  `rgb(${from.map((c, i) => Math.round(c + part * (to[i] - c))).join(',')})`

const white = [255, 255, 255]
const correctColor = [24, 94, 160]
const wrongColor = [196, 50, 32]

/** By the square root of the share: one mistake in a hundred is seen. */
const depth = ({ share }: Cell): number => Math.sqrt(share)
const fillOf = (cell: Cell): string =>
  mix(white, cell.truth === cell.predicted ? correctColor : wrongColor, depth(cell))
const inkOf = (cell: Cell): string => (cell.count === 0 ? '#b5b5b5' : depth(cell) > 0.6 ? 'white' : inkColor)

/** Code points of a name that are shown. */
const nameLimit = 28
const shortName = (name: string): string => {
  const chars = [...xmlText(name)]
  return chars.length <= nameLimit ? chars.join('') : `${chars.slice(0, nameLimit - 1).join('')}…`
}

/** Above this number of classes, cells of 0 stay empty: hundreds of zeros hide the others. */
const zerosUpTo = 20

/**
 * A confusion matrix as a standalone SVG file: true classes in rows, predicted ones in columns, the count in each cell. The
 * diagonal is blue and mistakes are red, the more of the row's examples the deeper.
 * @throws GradError where there isn't a name for each class.
 */
export const confusionPlot = (matrix: ConfusionMatrix, names: readonly string[]): string => {
  const { classes, counts } = matrix
  if (names.length !== classes)
    throw new GradError(
      `confusionPlot: a name for each of ${classes} classes is required, got ${names.length}. Name them all.`,
    )
  const shown = names.map(shortName)
  const longest = shown.reduce((most, name) => Math.max(most, [...name].length), 1)
  const widestCount = counts.reduce((most, n) => Math.max(most, String(n).length), 1)
  const fontSize = classes <= 12 ? 14 : classes <= 25 ? 12 : 10
  const cell = Math.max(
    classes <= 12 ? 44 : classes <= 25 ? 32 : 24,
    Math.ceil(widestCount * 0.65 * fontSize) + 8,
  )
  const turned = longest * 6.5 > cell
  const nameWidth = Math.ceil(longest * 6.8)
  const left = 34 + nameWidth
  const top = 40 + 30 + (turned ? nameWidth : 16)
  const [cells, bottom] = [cellsOf(matrix), 16]
  const onDiagonal = counts.filter((_, i) => i % (classes + 1) === 0)
  const words = `${sum(onDiagonal)} of ${sum(counts)} right`
  // room for the title where there are few classes
  const right = Math.max(16, 26 + 9 * words.length - cell * classes)
  const domain = Array.from({ length: classes }, (_, c) => c)
  const axis = { domain, tickFormat: (c: number) => shown[c], tickSize: 0, label: null, padding: 0 }
  return svgChart(
    (document) =>
      Plot.plot({
        document,
        width: left + cell * classes + right,
        height: top + cell * classes + bottom,
        marginTop: top,
        marginLeft: left,
        marginRight: right,
        marginBottom: bottom,
        x: { ...axis, type: 'band', axis: 'top', ...(turned ? { tickRotate: -90 } : {}) },
        y: { ...axis, type: 'band' },
        marks: [
          Plot.cell(cells, { x: 'predicted', y: 'truth', fill: fillOf, stroke: '#ddd', strokeWidth: 0.5 }),
          Plot.text(
            cells.filter(({ count }) => count > 0 || classes <= zerosUpTo),
            { x: 'predicted', y: 'truth', text: (c: Cell) => String(c.count), fill: inkOf, fontSize },
          ),
          Plot.frame({ stroke: '#999' }),
        ],
      }),
    {
      title: words,
      left: 14,
      beside: (element) => {
        const [x, y] = [left + (cell * classes) / 2, top + (cell * classes) / 2]
        const label = { 'text-anchor': 'middle', 'font-weight': 'bold' }
        return [
          element('text', { ...label, x, y: 56 }, 'predicted'),
          element('text', { ...label, transform: `translate(20,${y}) rotate(-90)` }, 'true'),
        ]
      },
    },
  )
}
