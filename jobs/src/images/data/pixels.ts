import type { PixelScale } from 'grad-ts/augment'

/** Bytes as 0…1: for what is transformed and normalised on the device. */
export const unitScale: PixelScale = { mean: 0, std: 1 }

/** The value of each of the 256 bytes: (byte / 255 − mean) / std. */
const table = ({ mean, std }: PixelScale): Float32Array =>
  Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / std)

/** Bytes → float32 of mean 0 and deviation 1: (byte / 255 − mean) / std. */
export const normalizePixels = (pixels: Uint8Array, scale: PixelScale): Float32Array => {
  const values = table(scale)
  const out = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i++) out[i] = values[pixels[i]]
  return out
}
