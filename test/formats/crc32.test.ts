import { describe, expect, it } from 'vitest'
import { crc32, crc32c } from '../../src/formats/crc32.js'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('crc32', () => {
  it('is ISO 3309’s', () => {
    expect(crc32([ascii('123456789')])).toBe(0xcbf43926)
    expect(crc32([ascii('1234'), ascii(''), ascii('56789')])).toBe(0xcbf43926)
  })
})

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the usual check value
  it.each([
    ['the digits', ascii('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 times 255', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [
      'an iSCSI read command',
      Uint8Array.from(
        Buffer.from(
          `01c00000 00000000 00000000 00000000 14000000 00000400
           00000014 00000018 28000000 00000000 02000000 00000000`.replaceAll(/\s/g, ''),
          'hex',
        ),
      ),
      0xd9963a56,
    ],
  ])('of %s is the published one', (_what, bytes, expected) => {
    expect(crc32c([bytes])).toBe(expected)
  })
})
