import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv, printCsvRow } from '../../src/formats/csv.js'

const cell = fc.oneof(fc.string(), fc.constantFrom('', '"', ',', '\n', '\r\n', 'a,b', '"x"'))
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 })

describe('CSV', () => {
  it('quotes as RFC 4180 says', () => {
    expect(printCsvRow(['aaa', 'b"bb', 'c,c', 'd\nd', ''])).toBe('aaa,"b""bb","c,c","d\nd",\n')
    expect(parseCsv('aaa,"b""bb"\r\nzzz,yyy\n').rows.map(({ cells }) => cells)).toEqual([
      ['aaa', 'b"bb'],
      ['zzz', 'yyy'],
    ])
  })

  it('reads back what was written, and the text of each row', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const texts = all.map(printCsvRow)
        expect(parseCsv(texts.join(''))).toEqual({
          rows: all.map((cells, i) => ({ cells, text: texts[i] })),
          torn: '',
        })
      }),
    )
  })

  it('keeps the whole rows of a file that was cut', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, cut) => {
        const texts = all.map(printCsvRow)
        const whole = texts.join('')
        const length = cut % (whole.length + 1)
        const parsed = parseCsv(whole.slice(0, length))
        const kept = texts.filter((_, i) => texts.slice(0, i + 1).join('').length <= length)
        expect(parsed.rows.map(({ text }) => text)).toEqual(kept)
        expect(parsed.torn).toBe(whole.slice(kept.join('').length, length))
      }),
    )
  })
})
