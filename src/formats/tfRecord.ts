import * as E from 'fp-ts/lib/Either.js'
import { crc32c } from './crc32.js'
import { type IoFormatError, ioFormatError } from './ioError.js'

/** The CRC-32C as TFRecord masks it, rotated and shifted, since the data may itself hold checksums. */
const maskedCrc = (bytes: Uint8Array): number => {
  const crc = crc32c([bytes])
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

const headLength = 12
const tailLength = 4

/**
 * One record of a TFRecord file: length (8 bytes, little-endian), masked CRC-32C of the length, data, masked CRC-32C
 * of the data.
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export const encodeTfRecord = (data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(headLength + data.length + tailLength)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, maskedCrc(bytes.subarray(0, 8)), true)
  bytes.set(data, headLength)
  view.setUint32(headLength + data.length, maskedCrc(data), true)
  return bytes
}

/** A record's data, and all bytes of the record, both within the file's bytes. */
type TfRecord = { readonly data: Uint8Array; readonly bytes: Uint8Array }

/** The complete records of a file, and the bytes after them: the beginning of an unfinished record, or nothing. */
export type TfRecords = { readonly records: readonly TfRecord[]; readonly torn: Uint8Array }

const fix = 'The file is damaged, or isn’t a TFRecord file.'

/**
 * Reads the records of a file. A file that ends within a record, or in zeros, was cut by a crash and is not an error; any
 * other difference is.
 */
export const decodeTfRecords = (path: string, bytes: Uint8Array): E.Either<IoFormatError, TfRecords> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: TfRecord[] = []
  let at = 0
  const torn = () => E.right({ records, torn: bytes.subarray(at) })
  const refuse = (what: string) =>
    bytes.subarray(at).every((byte) => byte === 0)
      ? torn()
      : E.left(
          ioFormatError(path, `the check sum of the ${what} of the record at byte ${at}`, 'another', fix),
        )
  while (at < bytes.length) {
    if (at + headLength > bytes.length) return torn()
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) return refuse('length')
    const end = at + headLength + Number(view.getBigUint64(at, true)) + tailLength
    if (end > bytes.length) return torn()
    const data = bytes.subarray(at + headLength, end - tailLength)
    if (view.getUint32(end - tailLength, true) !== maskedCrc(data)) return refuse('data')
    records.push({ data, bytes: bytes.subarray(at, end) })
    at = end
  }
  return torn()
}
