import { PNG } from 'pngjs'
import type { ImageSet } from '../data/imageSet.js'
import { drawText, glyphAdvance, glyphHeight } from './bitmapFont.js'

type Color = readonly [red: number, green: number, blue: number]

const white: Color = [255, 255, 255]
const dark: Color = [40, 40, 40]
const right: Color = [22, 128, 60]
const wrong: Color = [200, 30, 45]

const zoom = 3
const textZoom = 2
const margin = 12
const columns = 8
const caption = glyphHeight * textZoom + 6

/** Drawing on an image without transparency; what lies outside is cut off. */
const canvas = (width: number, height: number) => {
  const png = new PNG({ width, height, colorType: 2 })
  const rectangle = (left: number, top: number, w: number, h: number, [r, g, b]: Color): void => {
    for (let y = Math.max(top, 0); y < Math.min(top + h, height); y++) {
      for (let x = Math.max(left, 0); x < Math.min(left + w, width); x++) {
        png.data.set([r, g, b, 255], 4 * (y * width + x))
      }
    }
  }
  rectangle(0, 0, width, height, white)
  /** Returns where the next text begins. */
  const text = (words: string, left: number, top: number, color: Color): number => {
    drawText(words, (x, y) => {
      rectangle(left + x * textZoom, top + y * textZoom, textZoom, textZoom, color)
    })
    return left + words.length * glyphAdvance * textZoom
  }
  return { rectangle, text, bytes: () => new Uint8Array(PNG.sync.write(png, { colorType: 2 })) }
}

/** The indices of the digits whose prediction is wrong. */
export const misread = (digits: ImageSet, predicted: ArrayLike<number>): readonly number[] =>
  Array.from(digits.labels.keys()).filter((i) => digits.labels[i] !== predicted[i])

/**
 * A PNG of up to `limit` misread digits, dark on light, each with `true > predicted` under it.
 * `predicted[i]` belongs to the i-th digit.
 */
export const digitGrid = (digits: ImageSet, predicted: ArrayLike<number>, limit = 40): Uint8Array => {
  const all = misread(digits, predicted)
  const shown = all.slice(0, limit)
  const [w, h] = [digits.width * zoom, digits.height * zoom]
  const top = margin + caption + margin
  const rows = Math.ceil(shown.length / columns)
  const words = `misread ${all.length} of ${digits.count}`
  const legend = ['true', ' > ', 'predicted']
  const textWidth = (words.length + 3 + legend.join('').length) * glyphAdvance * textZoom
  const width = 2 * margin + Math.max(columns * (w + margin) - margin, textWidth)
  const { rectangle, text, bytes } = canvas(width, top + rows * (h + caption + margin))
  const colored = (parts: readonly string[], left: number, y: number, second: Color): void => {
    text(parts[2], text(parts[1], text(parts[0], left, y, right), y, dark), y, second)
  }
  const next = text(words, margin, margin, dark)
  colored(legend, next + 3 * glyphAdvance * textZoom, margin, wrong)
  shown.forEach((index, place) => {
    const left = margin + (place % columns) * (w + margin)
    const y0 = top + Math.floor(place / columns) * (h + caption + margin)
    for (let row = 0; row < digits.height; row++) {
      for (let col = 0; col < digits.width; col++) {
        const ink = 255 - digits.pixels[(index * digits.height + row) * digits.width + col]
        rectangle(left + col * zoom, y0 + row * zoom, zoom, zoom, [ink, ink, ink])
      }
    }
    const parts = [String(digits.labels[index]), ' > ', String(predicted[index])]
    const captionWidth = parts.join('').length * glyphAdvance * textZoom
    colored(parts, left + Math.round((w - captionWidth) / 2), y0 + h + 4, wrong)
  })
  return bytes()
}
