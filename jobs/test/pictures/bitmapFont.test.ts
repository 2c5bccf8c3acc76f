import { describe, expect, it } from 'vitest'
import { cutText, drawText, glyphAdvance, textWidth } from '../../src/pictures/bitmapFont.js'

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))

/** The pixels of a text as words. */
const drawn = (text: string): readonly string[] => {
  const pixels: string[] = []
  drawText(text, (x, y) => pixels.push(`${x},${y}`))
  return pixels
}

describe('drawText', () => {
  it('has a glyph of its own for every printable character of ASCII', () => {
    const all = [...printable, '→', '停'].map((char) => drawn(char).join(' '))
    expect(new Set(all).size).toBe(all.length)
    expect(drawn(' ')).toEqual([])
  })

  it('stays within five pixels by nine', () => {
    for (const char of printable) {
      for (const pixel of drawn(char)) {
        const [x, y] = pixel.split(',').map(Number)
        expect(x >= 0 && x < 5 && y >= 0 && y < 9).toBe(true)
      }
    }
  })

  it('puts one glyph after the other', () => {
    expect(drawn('a1')).toEqual([
      ...drawn('a'),
      ...drawn('1').map((p) => p.replace(/^\d+/, (x) => String(Number(x) + glyphAdvance))),
    ])
  })

  it('draws letters with accents without them, and a box for what it does not know', () => {
    expect(drawn('ü')).toEqual(drawn('u'))
    expect(drawn('🐈')).toEqual(drawn('停'))
    expect(textWidth('ü停🐈')).toBe(3 * glyphAdvance)
  })
})

describe('cutText', () => {
  it('keeps what fits', () => {
    expect(cutText('speed', 5 * glyphAdvance)).toBe('speed')
    expect(cutText('speed limit', 7 * glyphAdvance)).toBe('speed..')
    expect(textWidth(cutText('speed limit', 7 * glyphAdvance + 3))).toBe(7 * glyphAdvance)
  })
})
