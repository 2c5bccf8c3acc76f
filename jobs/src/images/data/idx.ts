import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type IoError, ioFormatError } from 'grad-ts/io'
import * as t from 'io-ts'

const Byte = t.refinement(t.Integer, (n) => n >= 0 && n < 256, 'a byte')
const Size = t.refinement(t.Integer, (n) => n >= 0 && n < 2 ** 32, 'a size below 2^32')

/**
 * The head of an IDX file, big-endian: two zero bytes, the element type (8: unsigned byte, the only
 * one taken here), the number of sizes, and the sizes, outermost first.
 * @see http://yann.lecun.com/exdb/mnist/ ("The IDX file format")
 */
const IdxHeader = t.strict(
  {
    zeros: t.tuple([t.literal(0), t.literal(0)]),
    elementType: t.literal(8),
    rank: Byte,
    shape: t.array(Size),
  },
  'IdxHeader',
)

/** An array of bytes, row-major. */
export type IdxArray = { readonly shape: readonly number[]; readonly values: Uint8Array }

const fix = 'Fetch the file again, uncompressed.'

/** The contents of the head, unchecked; sizes that lie past the end of the file are left out. */
const readHeader = (bytes: Uint8Array): unknown => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rank = view.getUint8(3)
  const present = Math.min(rank, Math.floor((bytes.byteLength - 4) / 4))
  return {
    zeros: [bytes[0], bytes[1]],
    elementType: bytes[2],
    rank,
    shape: Array.from({ length: present }, (_, i) => view.getUint32(4 + 4 * i)),
  }
}

const hex = (bytes: Uint8Array): string =>
  bytes.length === 0 ? 'no bytes' : Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ')

/** Decodes the bytes of an IDX file; `file` is its name, for the error. The values are a view, not a copy. */
export const decodeIdx = (file: string, bytes: Uint8Array): E.Either<IoError, IdxArray> => {
  const magic = 'an IDX head of unsigned bytes (00 00 08 rank)'
  if (bytes.byteLength < 4) return E.left(ioFormatError(file, magic, `${hex(bytes)} in all`, fix))
  return pipe(
    IdxHeader.decode(readHeader(bytes)),
    E.mapLeft(() => ioFormatError(file, magic, hex(bytes.subarray(0, 4)), fix)),
    E.chain((header) => {
      const headBytes = 4 + 4 * header.rank
      if (header.shape.length < header.rank) {
        const required = `a head of ${headBytes} bytes (rank ${header.rank})`
        return E.left(ioFormatError(file, required, `a file of ${bytes.byteLength} bytes`, fix))
      }
      const size = headBytes + header.shape.reduce((product, n) => product * n, 1)
      if (size !== bytes.byteLength) {
        const required = `a file of ${size} bytes (sizes ${header.shape.join('×') || 'none'})`
        return E.left(ioFormatError(file, required, `${bytes.byteLength} bytes`, fix))
      }
      return E.right({ shape: header.shape, values: bytes.subarray(headBytes) })
    }),
  )
}

/** The bytes of an IDX file; `decodeIdx(file, encodeIdx(a))` is `right(a)`. */
export const encodeIdx = ({ shape, values }: IdxArray): Uint8Array => {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, 8, shape.length])
  shape.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size)
  })
  bytes.set(values, 4 + 4 * shape.length)
  return bytes
}
