import { GradError } from '../ir/errors.js'

/** `channels`: 1 grey, 2 grey with alpha, 3 RGB (also from a palette), 4 RGB with alpha. */
export type PngHeader = { readonly width: number; readonly height: number; readonly channels: number }

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }

/**
 * Reads the header of a picture that the library made.
 * @throws GradError where the bytes aren't those of a PNG.
 * @see https://www.w3.org/TR/png-3/#11IHDR
 */
export const pngHeader = (bytes: Uint8Array): PngHeader => {
  const channels = channelsOf[bytes[25]]
  if (bytes.length < 33 || signature.some((byte, i) => bytes[i] !== byte) || channels === undefined)
    throw new GradError(
      `pngHeader: the bytes of a PNG are required, got ${bytes.length} bytes that begin with ` +
        `${Array.from(bytes.subarray(0, 8)).join(' ')}. Encode the picture first.`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { width: view.getUint32(16), height: view.getUint32(20), channels }
}
