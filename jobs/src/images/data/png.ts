import * as E from 'fp-ts/lib/Either.js'
import { type IoError, ioFormatError } from 'grad-ts/io'
import { PNG } from 'pngjs'
import type { ImageSizes } from './imageSet.js'

/** One image: bytes [channels, height, width]. */
export type Picture = ImageSizes & { readonly pixels: Uint8Array }

type Decoded = {
  readonly width: number
  readonly height: number
  /** Red, green, blue, opacity of each pixel, whatever the file holds. */
  readonly data: Uint8Array
  /** Whether the file holds colours (palettes do). */
  readonly color: boolean
}

/** The first bytes of every PNG. */
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The chunk that ends a PNG: no bytes, its name, its checksum. */
const end = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]

const [imageData, imageEnd] = [0x49444154, 0x49454e44]

/**
 * The chunks before the end, and an end: viewers show a picture without one, and read nothing after it. Where a chunk is cut
 * off, or there is no picture, the bytes are left to the decoder to refuse.
 */
const ended = (bytes: Uint8Array): Uint8Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = signature.length
  let hasData = false
  while (at + end.length <= bytes.length) {
    const name = view.getUint32(at + 4)
    if (name === imageEnd) break
    hasData ||= name === imageData
    at += end.length + view.getUint32(at)
  }
  return hasData && at <= bytes.length ? Buffer.concat([bytes.subarray(0, at), Uint8Array.from(end)]) : bytes
}

const read = (bytes: Uint8Array): Decoded => {
  const png = PNG.sync.read(Buffer.from(ended(bytes)))
  // the declared type leaves out what the decoder found in the header
  return { width: png.width, height: png.height, data: png.data, color: 'color' in png && png.color === true }
}

/** A byte of an opacity, 0…255, before white. */
const overWhite = (value: number, opacity: number): number =>
  Math.round((value * opacity + 255 * (255 - opacity)) / 255)

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Decodes a PNG of any depth, grey or RGB or with a palette, to bytes; `file` is its name, for the error. What is transparent lies on
 * white, as most viewers show it: v·a + 1 − a of value v and opacity a, both 0…1. (Pillow's `convert('RGB')` leaves opacity out
 * instead, and shows colours that nobody was meant to see.) Grey stays grey.
 * @see ISO/IEC 15948, "Portable Network Graphics"
 */
export const decodePng = (file: string, bytes: Uint8Array): E.Either<IoError, Picture> => {
  if (signature.some((byte, i) => bytes[i] !== byte)) {
    const begin = Array.from(bytes.subarray(0, 8), (b) => b.toString(16).padStart(2, '0')).join(' ')
    const got = bytes.length === 0 ? 'an empty file' : `a file that begins with ${begin}`
    return E.left(ioFormatError(file, 'a PNG', got, 'Convert it, or take it out.'))
  }
  const decoded = E.tryCatch(
    () => read(bytes),
    (error) =>
      ioFormatError(
        file,
        'a PNG',
        `bytes that cannot be decoded (${reasonOf(error)})`,
        'Fetch or export it again.',
      ),
  )
  if (E.isLeft(decoded)) return decoded
  const { width, height, data, color } = decoded.right
  const channels = color ? 3 : 1
  const size = height * width
  const pixels = new Uint8Array(channels * size)
  for (let i = 0; i < size; i++) {
    const opacity = data[4 * i + 3]
    for (let c = 0; c < channels; c++) pixels[c * size + i] = overWhite(data[4 * i + c], opacity)
  }
  return E.right({ channels, height, width, pixels })
}
