import type { Color, Raster } from './canvas.js'
import { canvas, lineAdvance, lineHeight, type Words, wordsWidth } from './canvas.js'

/** A picture, and lines of words under it. */
export type Tile = { readonly picture: Raster; readonly caption: readonly Words[] }

export const dark: Color = [40, 40, 40]
const edge: Color = [205, 205, 205]
const margin = 12
const gap = 4
const targetWidth = 900

/** How often a picture is enlarged to be at least `side` wide and high, so that a person sees something in it. */
export const zoomTo = (side: number, width: number, height: number): number =>
  Math.max(1, Math.ceil(side / Math.max(1, Math.min(width, height))))

export type TileGrid = {
  /** Lines above the tiles. */
  readonly title: readonly Words[]
  readonly tiles: readonly Tile[]
  readonly zoom: number
  /** Tiles in a row; as many as a screen is wide unless it is given. */
  readonly columns?: number
}

const widest = (widths: readonly number[]): number => widths.reduce((a, b) => Math.max(a, b), 0)

/** A PNG of tiles in rows, each with its caption, under a title. */
export const tileGrid = ({ title, tiles, zoom, columns }: TileGrid): Uint8Array => {
  const cell = widest(
    tiles.flatMap(({ picture, caption }) => [picture.width * zoom, ...caption.map(wordsWidth)]),
  )
  const tall = widest(tiles.map(({ picture }) => picture.height * zoom))
  const lines = widest(tiles.map(({ caption }) => caption.length))
  const fitting = Math.max(1, Math.floor((targetWidth - margin) / (cell + margin)))
  const perRow = Math.max(1, Math.min(columns ?? fitting, tiles.length))
  const rows = Math.ceil(tiles.length / perRow)
  const step = tall + (lines === 0 ? 0 : gap + lines * lineAdvance) + margin
  const top = margin + title.length * lineAdvance + gap
  const width = 2 * margin + Math.max(perRow * (cell + margin) - margin, ...title.map(wordsWidth))
  const { rectangle, picture, words, bytes } = canvas(
    width,
    top + rows * step + (rows === 0 ? lineHeight / 2 : 0),
  )
  title.forEach((line, i) => {
    words(line, margin, margin + i * lineAdvance)
  })
  tiles.forEach((tile, place) => {
    const left = margin + (place % perRow) * (cell + margin)
    const y = top + Math.floor(place / perRow) * step
    const [w, h] = [tile.picture.width * zoom, tile.picture.height * zoom]
    const indent = Math.floor((cell - w) / 2)
    rectangle(left + indent - 1, y - 1, w + 2, h + 2, edge)
    picture(tile.picture, left + indent, y, zoom)
    tile.caption.forEach((line, i) => {
      words(line, left + Math.floor((cell - wordsWidth(line)) / 2), y + tall + gap + i * lineAdvance)
    })
  })
  return bytes()
}
