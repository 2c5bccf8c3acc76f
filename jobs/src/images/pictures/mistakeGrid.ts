import { cutText, glyphAdvance } from '../../pictures/bitmapFont.js'
import type { Color, Raster } from '../../pictures/canvas.js'
import { charsIn, type Words, wordsWidth } from '../../pictures/canvas.js'
import { dark, tileGrid, zoomTo } from '../../pictures/tileGrid.js'

/** Pictures with their true class, however they are kept. */
export type LabelledPictures = {
  readonly count: number
  readonly labels: ArrayLike<number>
  readonly picture: (index: number) => Raster
}

export type MistakeGridOptions = {
  /** The names of the classes; their numbers unless they are given. */
  readonly names?: readonly string[]
  /** How many mistakes are shown at most: 40 unless it is given. */
  readonly limit?: number
}

const right: Color = [22, 128, 60]
const wrong: Color = [200, 30, 45]
const side = 80
const captionLimit = 312

/** The indices of the pictures whose prediction is wrong. */
export const mistakes = (
  { count, labels }: Pick<LabelledPictures, 'count' | 'labels'>,
  predicted: ArrayLike<number>,
): readonly number[] => Array.from({ length: count }, (_, i) => i).filter((i) => labels[i] !== predicted[i])

/**
 * A PNG of the first mistakes, each with its true class (green) and the predicted one (red) under it: on one line where
 * both fit, else on two. `predicted[i]` belongs to the i-th picture.
 */
export const mistakeGrid = (
  pictures: LabelledPictures,
  predicted: ArrayLike<number>,
  { names, limit = 40 }: MistakeGridOptions = {},
): Uint8Array => {
  const all = mistakes(pictures, predicted)
  const shown = all.slice(0, limit).map((index) => ({
    picture: pictures.picture(index),
    names: [pictures.labels[index], predicted[index]].map((c) => names?.[c] ?? String(c)),
  }))
  const { width, height } = shown[0]?.picture ?? { width: side, height: side }
  const zoom = zoomTo(side, width, height)
  const onOneLine = shown.map(
    ({ names: [t, p] }): Words => [
      [t, right],
      [' → ', dark],
      [p, wrong],
    ],
  )
  const fit = onOneLine.every((words) => wordsWidth(words) <= width * zoom)
  const room = charsIn(Math.max(captionLimit, width * zoom)) * glyphAdvance
  const count = `${all.length} mistakes in ${pictures.count}`
  const kept = shown.length < all.length ? `, the first ${shown.length}:  ` : ':  '
  const legend: Words = [
    [kept, dark],
    ['true', right],
    [' → ', dark],
    ['predicted', wrong],
  ]
  return tileGrid({
    title: [[[count, dark], ...(all.length === 0 ? [] : legend)]],
    tiles: shown.map(({ picture, names: [t, p] }, i) => ({
      picture,
      caption: fit ? [onOneLine[i]] : [[[cutText(t, room), right]], [[cutText(p, room), wrong]]],
    })),
    zoom,
  })
}
