/** LEB128 of an unsigned number up to 2³². */
export const unsigned = (value: number): number[] => {
  if (value < 128) return [value]
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 0x80 : low)
  } while (rest > 0)
  return bytes
}

/** LEB128 of a signed integer of 32 bits. */
export const signed = (value: number): number[] => {
  if (value >= -64 && value < 64) return [value & 0x7f]
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) {
      bytes.push(low)
      return bytes
    }
    bytes.push(low | 0x80)
  }
}

export const name = (text: string): number[] => {
  const bytes = [...new TextEncoder().encode(text)]
  return [...unsigned(bytes.length), ...bytes]
}

/** A vector of the binary format: its length, then its items. */
export const list = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
]

const scratch = new DataView(new ArrayBuffer(8))

export const float32Bytes = (value: number): number[] => {
  scratch.setFloat32(0, value, true)
  return [0, 1, 2, 3].map((i) => scratch.getUint8(i))
}

export const float64Bytes = (value: number): number[] => {
  scratch.setFloat64(0, value, true)
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => scratch.getUint8(i))
}

export const int32Bytes = (value: number): number[] => {
  scratch.setInt32(0, value, true)
  return [0, 1, 2, 3].map((i) => scratch.getUint8(i))
}
