import { PNG } from 'pngjs'
import type { Color } from '../../src/pictures/canvas.js'

/** A decoded PNG. */
export type Pixels = {
  readonly width: number
  readonly height: number
  readonly at: (x: number, y: number) => Color
  /** The number of pixels of just this colour. */
  readonly count: (color: Color) => number
}

/** Reads the pixels of a PNG, and checks that none is transparent. */
export const pixelsOf = (bytes: Uint8Array): Pixels => {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes))
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) throw new Error('a transparent pixel')
  const at = (x: number, y: number): Color => {
    const i = 4 * (y * width + x)
    return [data[i], data[i + 1], data[i + 2]]
  }
  const count = (color: Color): number => {
    let n = 0
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === color[0] && data[i + 1] === color[1] && data[i + 2] === color[2]) n++
    }
    return n
  }
  return { width, height, at, count }
}
