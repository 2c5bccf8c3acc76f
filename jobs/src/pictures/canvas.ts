import { PNG } from 'pngjs'
import { drawText, glyphAdvance, glyphHeight, textWidth } from './bitmapFont.js'

/** Red, green and blue, each from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number]

/** A picture on the host: `data` is red, green and blue of each pixel, row by row. */
export type Raster = { readonly width: number; readonly height: number; readonly data: Uint8Array }

/** The picture whose pixel at (x, y) is `color(x, y)`. */
export const rasterOf = (width: number, height: number, color: (x: number, y: number) => Color): Raster => {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 3 * (y * width + x))
  return { width, height, data }
}

/** A pixel of a glyph is a square of this side. */
const textZoom = 2

/** The height of a line of text, without what hangs below, and the distance of two lines. */
export const lineHeight = glyphHeight * textZoom
export const lineAdvance = lineHeight + 8

/** Pieces of text, one after the other, each in its colour. */
export type Words = readonly (readonly [text: string, color: Color])[]

/** The width of drawn words. */
export const wordsWidth = (words: Words): number =>
  words.reduce((width, [text]) => width + textWidth(text) * textZoom, 0)

/** The number of characters of a width. */
export const charsIn = (width: number): number => Math.floor(width / (glyphAdvance * textZoom))

/** Drawing on a white picture without transparency; what lies outside is cut off. */
export const canvas = (width: number, height: number) => {
  const png = new PNG({ width, height, colorType: 2 })
  png.data.fill(255)
  const rectangle = (left: number, top: number, w: number, h: number, [r, g, b]: Color): void => {
    for (let y = Math.max(top, 0); y < Math.min(top + h, height); y++) {
      for (let x = Math.max(left, 0); x < Math.min(left + w, width); x++) {
        const at = 4 * (y * width + x)
        png.data[at] = r
        png.data[at + 1] = g
        png.data[at + 2] = b
      }
    }
  }
  /** Each pixel of the picture becomes a square of side `zoom`. */
  const picture = ({ width: w, height: h, data }: Raster, left: number, top: number, zoom: number): void => {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = 3 * (y * w + x)
        rectangle(left + x * zoom, top + y * zoom, zoom, zoom, [data[at], data[at + 1], data[at + 2]])
      }
    }
  }
  const words = (all: Words, left: number, top: number): void => {
    let at = left
    for (const [text, color] of all) {
      drawText(text, (x, y) => {
        rectangle(at + x * textZoom, top + y * textZoom, textZoom, textZoom, color)
      })
      at += textWidth(text) * textZoom
    }
  }
  return {
    rectangle,
    picture,
    words,
    bytes: () => new Uint8Array(PNG.sync.write(png, { colorType: 2 })),
  }
}
