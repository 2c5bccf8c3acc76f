import { resizeWeights } from 'grad-ts/augment'
import type { Picture } from './png.js'

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)))

/** The weights of one output that are not 0: which inputs they belong to, and where they are. */
type Window = { readonly first: number; readonly end: number; readonly at: number }

const windows = (weights: Float64Array, inputs: number): readonly Window[] =>
  Array.from({ length: weights.length / inputs }, (_, o) => {
    let first = 0
    while (weights[o * inputs + first] === 0) first++
    let end = inputs
    while (weights[o * inputs + end - 1] === 0) end--
    return { first, end, at: o * inputs }
  })

/**
 * Bilinear resizing of bytes, antialiased, rounded once: what the transform `resize` does, for images that have to be of
 * one size before there is a tensor of them.
 */
export const resizedPicture = (picture: Picture, height: number, width: number): Picture => {
  const { channels, height: h, width: w, pixels } = picture
  if (h === height && w === width) return picture
  const across = resizeWeights(w, width)
  const wide = new Float64Array(channels * h * width)
  windows(across, w).forEach(({ first, end, at }, x) => {
    for (let row = 0; row < channels * h; row++) {
      let sum = 0
      for (let i = first; i < end; i++) sum += across[at + i] * pixels[row * w + i]
      wide[row * width + x] = sum
    }
  })
  const down = resizeWeights(h, height)
  const out = new Uint8Array(channels * height * width)
  windows(down, h).forEach(({ first, end, at }, y) => {
    for (let c = 0; c < channels; c++)
      for (let x = 0; x < width; x++) {
        let sum = 0
        for (let i = first; i < end; i++) sum += down[at + i] * wide[(c * h + i) * width + x]
        out[(c * height + y) * width + x] = toByte(sum)
      }
  })
  return { channels, height, width, pixels: out }
}

/** Grey repeated to three channels; colours made grey as they look: 0.299 R + 0.587 G + 0.114 B. */
export const recoloredPicture = (picture: Picture, channels: 1 | 3): Picture => {
  const { height, width, pixels } = picture
  if (picture.channels === channels) return picture
  const size = height * width
  const out = new Uint8Array(channels * size)
  if (channels === 3) for (let c = 0; c < 3; c++) out.set(pixels, c * size)
  else
    for (let i = 0; i < size; i++)
      out[i] = toByte(0.299 * pixels[i] + 0.587 * pixels[size + i] + 0.114 * pixels[2 * size + i])
  return { channels, height, width, pixels: out }
}
