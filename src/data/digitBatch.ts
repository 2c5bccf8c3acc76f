import type { Digits } from './digits.js'
import { normalizePixels, type PixelScale } from './pixels.js'

/** `images` is float32 `[size, pixels]`, normalised; `labels` is int32 `[size]`. */
export type DigitBatch = {
  readonly size: number
  readonly pixels: number
  readonly images: Float32Array
  readonly labels: Int32Array
}

/** Gathers the examples at `indices` into new arrays. */
export const gatherDigits = (digits: Digits, indices: Uint32Array, scale: PixelScale): DigitBatch => {
  const pixels = digits.rows * digits.cols
  const bytes = new Uint8Array(indices.length * pixels)
  indices.forEach((from, to) => {
    bytes.set(digits.images.subarray(from * pixels, (from + 1) * pixels), to * pixels)
  })
  return {
    size: indices.length,
    pixels,
    images: normalizePixels(bytes, scale),
    labels: Int32Array.from(indices, (i) => digits.labels[i]),
  }
}
