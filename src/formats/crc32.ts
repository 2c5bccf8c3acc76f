/** The checksum of a reflected polynomial of degree 32, begun and ended with all bits inverted. */
const reflectedCrc = (polynomial: number): ((pieces: readonly Uint8Array[]) => number) => {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? polynomial ^ (c >>> 1) : c >>> 1
    return c
  })
  return (pieces) => {
    let crc = 0xffffffff
    for (const bytes of pieces) for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8)
    return (crc ^ 0xffffffff) >>> 0
  }
}

/**
 * CRC-32 of several pieces of bytes, one after the other: detects damage, not intent.
 * @see ISO 3309, as in gzip and PNG
 */
export const crc32 = reflectedCrc(0xedb88320)

/**
 * CRC-32C (Castagnoli) of several pieces of bytes, one after the other.
 * @see RFC 3720, appendix B.4, as in iSCSI and TensorFlow's records
 */
export const crc32c = reflectedCrc(0x82f63b78)
