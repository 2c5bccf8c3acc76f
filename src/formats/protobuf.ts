import * as E from 'fp-ts/lib/Either.js'

/** Pieces of bytes, one after the other. */
export const concatBytes = (pieces: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const varint = (value: bigint): readonly number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const tag = (field: number, wire: number): readonly number[] => varint(BigInt(field * 8 + wire))

/** Field of type int32, int64, uint32, uint64 or bool. Whole numbers up to 2^53. */
export const integerField = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...tag(field, wireTypes.varint), ...varint(BigInt(value))])

/** Field of type double. */
export const doubleField = (field: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value, true)
  return concatBytes([Uint8Array.from(tag(field, wireTypes.fixed64)), bytes])
}

/** Field of type float. */
export const floatField = (field: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return concatBytes([Uint8Array.from(tag(field, wireTypes.fixed32)), bytes])
}

/** Field of type bytes, or of an encoded message. */
export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  concatBytes([Uint8Array.from([...tag(field, wireTypes.bytes), ...varint(BigInt(value.length))]), value])

/** Field of type string. */
export const stringField = (field: number, value: string): Uint8Array =>
  bytesField(field, new TextEncoder().encode(value))

/** A field as it lies in the bytes; the meaning of its bits depends on the message. */
export type WireField =
  | { readonly field: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly field: number; readonly wire: 'fixed64' | 'fixed32' | 'bytes'; readonly value: Uint8Array }

/** Reads the fields of a message in order; left: the fault in the bytes. */
export const decodeFields = (bytes: Uint8Array): E.Either<string, readonly WireField[]> => {
  const fields: WireField[] = []
  let at = 0
  /** −1 where the bytes end within it, or it is longer than 64 bits. */
  const readVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    return -1n
  }
  while (at < bytes.length) {
    const start = at
    const head = readVarint()
    const field = Number(head >> 3n)
    const wire = Number(head & 7n)
    if (head < 0n || field < 1 || field >= 2 ** 29) return E.left(`no field begins at byte ${start}`)
    if (wire === wireTypes.varint) {
      const value = readVarint()
      if (value < 0n) return E.left(`the number of field ${field} at byte ${start} has no end`)
      fields.push({ field, wire: 'varint', value })
      continue
    }
    const kind = wire === wireTypes.fixed64 ? 'fixed64' : wire === wireTypes.fixed32 ? 'fixed32' : 'bytes'
    if (kind === 'bytes' && wire !== wireTypes.bytes)
      return E.left(`field ${field} at byte ${start} is of the unknown kind ${wire}`)
    const length = kind === 'fixed64' ? 8n : kind === 'fixed32' ? 4n : readVarint()
    if (length < 0n || BigInt(at) + length > BigInt(bytes.length))
      return E.left(`field ${field} at byte ${start} has no end`)
    fields.push({ field, wire: kind, value: bytes.subarray(at, (at += Number(length))) })
  }
  return E.right(fields)
}
