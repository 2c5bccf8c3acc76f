import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodePng } from '../../../src/images/data/png.js'
import { type Painted, pngBytes } from './pngFiles.js'

const decoded = (bytes: Uint8Array) => {
  const result = decodePng('a.png', bytes)
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const refusal = (bytes: Uint8Array): string => {
  const result = decodePng('folder/a.png', bytes)
  if (E.isRight(result)) throw new Error('a refusal was expected')
  return result.left.message
}

const size = fc.integer({ min: 1, max: 8 })

describe('decodePng', () => {
  it('reads back grey and RGB, channel by channel', () => {
    fc.assert(
      fc.property(size, size, fc.constantFrom(0, 2 as const), (height, width, colorType) => {
        const value = (c: number, y: number, x: number) => (c * 85 + y * 31 + x * 7) % 256
        const isGrey = colorType === 0
        const pixel: Painted['pixel'] = (y, x) =>
          isGrey
            ? [value(0, y, x), value(0, y, x), value(0, y, x)]
            : [value(0, y, x), value(1, y, x), value(2, y, x)]
        const picture = decoded(pngBytes({ height, width, colorType, pixel }))
        const channels = isGrey ? [0] : [0, 1, 2]
        expect([picture.channels, picture.height, picture.width]).toEqual([channels.length, height, width])
        const want = channels.flatMap((c) =>
          Array.from({ length: height * width }, (_, p) => value(c, Math.floor(p / width), p % width)),
        )
        expect(Array.from(picture.pixels)).toEqual(want)
      }),
    )
  })

  it('lays what is transparent on white', () => {
    const pixel: Painted['pixel'] = (_y, x) =>
      [
        [10, 20, 30, 255],
        [10, 20, 30, 0],
        [0, 100, 255, 128],
        [200, 0, 50, 51],
      ][x] as [number, number, number, number]
    const { channels, pixels } = decoded(pngBytes({ height: 1, width: 4, colorType: 6, pixel }))
    expect(channels).toBe(3)
    // opacity 128 of 255: 0 → 127, 100 → 50.2 + 127, 255 → 255; a fifth: 200 → 40 + 204, 0 → 204, 50 → 10 + 204
    expect(Array.from(pixels)).toEqual([10, 255, 127, 244, 20, 255, 177, 204, 30, 255, 255, 214])
  })

  it('leaves grey with opacity grey, and what is opaque as it is', () => {
    const pixel: Painted['pixel'] = (y, x) => [60 * y, 60 * y, 60 * y, x === 0 ? 255 : 102]
    const { channels, pixels } = decoded(pngBytes({ height: 2, width: 2, colorType: 4, pixel }))
    // two fifths: 0 → 153, 60 → 24 + 153
    expect([channels, Array.from(pixels)]).toEqual([1, [0, 153, 60, 177]])
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), ([r, g, b]) => {
        const opaque = decoded(pngBytes({ height: 1, width: 1, colorType: 6, pixel: () => [r, g, b, 255] }))
        expect(Array.from(opaque.pixels)).toEqual([r, g, b])
      }),
    )
  })

  it('reads a file without its end, and one with bytes after it, as viewers do', () => {
    const whole = pngBytes({ height: 5, width: 4, pixel: (y, x) => [40 * y, 60 * x, 7] })
    const { pixels } = decoded(whole)
    for (let missing = 1; missing <= 12; missing++)
      expect(decoded(whole.subarray(0, whole.length - missing)).pixels).toEqual(pixels)
    for (const more of [[0], [1, 2, 3], Array.from({ length: 40 }, (_, i) => i), Array.from(whole)])
      expect(decoded(Uint8Array.from([...whole, ...more])).pixels).toEqual(pixels)
  })

  it('refuses every shorter prefix, and a byte that was changed, naming the file', () => {
    const whole = pngBytes({ height: 5, width: 4, pixel: (y, x) => [40 * y, 60 * x, 7] })
    for (let length = 0; length < 8; length++)
      expect(refusal(whole.subarray(0, length))).toMatch(/^folder\/a\.png: a PNG was required, got a/)
    for (let length = 8; length < whole.length - 12; length++)
      expect(refusal(whole.subarray(0, length))).toMatch(
        /^folder\/a\.png: a PNG was required, got bytes that cannot be decoded \(.*\)\. Fetch or export it again\.$/,
      )
    for (const at of [0, 12, 20, whole.length - 20]) {
      const broken = whole.slice()
      broken[at] ^= 0xff
      expect(refusal(broken)).toContain('folder/a.png: a PNG was required')
    }
    expect(refusal(new TextEncoder().encode('GIF89a, or so'))).toBe(
      'folder/a.png: a PNG was required, got a file that begins with 47 49 46 38 39 61 2c 20. Convert it, or take it out.',
    )
    expect(refusal(new Uint8Array())).toContain('got an empty file.')
  })
})
