import type { DType, TypedArray } from '../ir/dtype.js'

/** Element types of files that the library has no tensors of, and reads as others. They are never written. */
export const foreignTypes = { F16: 'float32', BF16: 'float32', I64: 'int32' } as const satisfies Record<
  string,
  DType
>
export type ForeignType = keyof typeof foreignTypes

export const foreignBytes: Readonly<Record<ForeignType, number>> = { F16: 2, BF16: 2, I64: 8 }

/** A 16-bit float of IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction. */
const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The values, each the same number; `null` where an integer is beyond 32 bits. */
export const readForeign = (type: ForeignType, bytes: Uint8Array): TypedArray | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.byteLength / foreignBytes[type]
  switch (type) {
    case 'F16':
      return Float32Array.from({ length: count }, (_, i) => half(view.getUint16(2 * i, true)))
    case 'BF16': {
      const words = Uint32Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true) << 16)
      return new Float32Array(words.buffer)
    }
    case 'I64': {
      const values = Array.from({ length: count }, (_, i) => view.getBigInt64(8 * i, true))
      return values.every((v) => BigInt.asIntN(32, v) === v) ? Int32Array.from(values, Number) : null
    }
  }
}
