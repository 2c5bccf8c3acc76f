const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/**
 * CRC-32 of several pieces of bytes, one after the other: detects damage, not intent.
 * @see ISO 3309, as in gzip and PNG
 */
export const crc32 = (pieces: readonly Uint8Array[]): number => {
  let crc = 0xffffffff
  for (const bytes of pieces) for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
