import { describe, expect, it } from 'vitest'
import { invertedPixels, isDarkOnLight } from '../../../src/images/data/darkOnLight.js'
import type { Picture } from '../../../src/images/data/png.js'

/** 6×5 of `paper`, with a stroke of `ink` from top to bottom. */
const stroke = (paper: number, ink: number, channels: 1 | 3 = 1): Picture => ({
  channels,
  height: 6,
  width: 5,
  pixels: Uint8Array.from({ length: channels * 30 }, (_, i) => (i % 5 === 2 ? ink : paper)),
})

describe('a picture is dark on light', () => {
  it.each([
    ['black on white', 255, 0, true],
    ['white on black', 0, 255, false],
    ['pencil on grey paper', 120, 60, true],
    ['chalk on a grey board', 120, 200, false],
    ['a white page', 255, 255, false],
    ['a black page', 0, 0, false],
  ])('%s', (_what, paper, ink, is) => {
    expect(isDarkOnLight(stroke(paper, ink))).toBe(is)
    expect(isDarkOnLight(stroke(paper, ink, 3))).toBe(is)
    if (paper !== ink) expect(isDarkOnLight(invertedPixels(stroke(paper, ink)))).toBe(!is)
  })

  it('also where it is one pixel wide or high', () => {
    expect(isDarkOnLight({ channels: 1, height: 1, width: 3, pixels: Uint8Array.of(9, 1, 9) })).toBe(true)
    expect(isDarkOnLight({ channels: 1, height: 3, width: 1, pixels: Uint8Array.of(1, 9, 1) })).toBe(false)
  })
})
