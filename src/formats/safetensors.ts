import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { byteSize, type DType } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { foreignBytes, readForeign } from './foreignElements.js'
import { type IoFormatError, ioFormatError } from './ioError.js'
import { assertHostArray, elementCount, elementsOf, type HostArray, type NamedArrays } from './namedArray.js'
import {
  type ArrayEntry,
  dtypeNames,
  dtypeOf,
  isForeign,
  isReservedName,
  parseHeader,
  printHeader,
  type SafetensorsHeader,
} from './safetensorsHeader.js'

/** The content of a safetensors file. */
export type Safetensors = {
  readonly arrays: NamedArrays
  readonly metadata: { readonly [key: string]: string }
}

const headerLimit = 100_000_000
const layout = Object.keys(dtypeNames)

/** Widest elements first, so that every array is aligned; names in code unit order within a type. */
const inLayoutOrder = (arrays: NamedArrays): readonly (readonly [string, HostArray])[] =>
  Object.entries(arrays).sort(
    ([nameA, a], [nameB, b]) =>
      layout.indexOf(a.dtype) - layout.indexOf(b.dtype) || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  )

/**
 * The bytes of a safetensors file: header length (8 bytes, little-endian), JSON header padded with spaces
 * to a multiple of 8 bytes, data. Equal contents give equal bytes.
 * @throws GradError where an array's data, shape and dtype don't agree, or its name is `__metadata__`.
 * @see https://huggingface.co/docs/safetensors ("Format")
 */
export const encodeSafetensors = ({ arrays, metadata }: Safetensors): Uint8Array => {
  const ordered = inLayoutOrder(arrays)
  const entries: [string, ArrayEntry][] = []
  let end = 0
  for (const [name, array] of ordered) {
    if (isReservedName(name)) throw new GradError(`encodeSafetensors: an array can't be named ${name}.`)
    assertHostArray(name, array)
    const begin = end
    end += array.data.byteLength
    entries.push([
      name,
      { dtype: dtypeNames[array.dtype], shape: [...array.shape], data_offsets: [begin, end] },
    ])
  }
  const sorted = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))
  const text = new TextEncoder().encode(
    printHeader({ metadata: sorted, entries: Object.fromEntries(entries) }),
  )
  const headerLength = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + headerLength + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.fill(0x20, 8, 8 + headerLength)
  bytes.set(text, 8)
  let at = 8 + headerLength
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

const fix = 'The file is damaged, or isn’t a safetensors file.'

type Split = { readonly text: string; readonly data: Uint8Array }

const splitFile = (path: string, bytes: Uint8Array): E.Either<IoFormatError, Split> => {
  const refuse = (required: string, got: string) => E.left(ioFormatError(path, required, got, fix))
  if (bytes.length < 8) return refuse('a header length (8 bytes)', `a file of ${bytes.length} bytes`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > headerLimit) return refuse(`a header of at most ${headerLimit} bytes`, `${length}`)
  if (8 + length > bytes.length)
    return refuse(`a header of ${length} bytes`, `a file of ${bytes.length} bytes`)
  const header = bytes.subarray(8, 8 + length)
  if (header[0] !== 0x7b) return refuse('a header that begins with {', 'another')
  return pipe(
    E.tryCatch(
      () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header),
      (): IoFormatError => ioFormatError(path, 'a header in UTF-8', 'other bytes', fix),
    ),
    E.map((text) => ({ text, data: bytes.subarray(8 + length) })),
  )
}

/** `null` if a value does not fit the type that it is read as. */
const readArray = (dtype: DType, entry: ArrayEntry, data: Uint8Array): HostArray | null => {
  const bytes = new Uint8Array(data.subarray(...entry.data_offsets))
  const elements = isForeign(entry.dtype) ? readForeign(entry.dtype, bytes) : elementsOf(dtype, bytes)
  return elements === null ? null : { dtype, shape: entry.shape, data: elements }
}

/** Reads the arrays in the order in which they lie, so that a gap, an overlap or a remainder shows at once. */
const readArrays = (
  path: string,
  header: SafetensorsHeader,
  data: Uint8Array,
): E.Either<IoFormatError, NamedArrays> => {
  const refuse = (required: string, got: string) => E.left(ioFormatError(path, required, got, fix))
  const arrays: [string, HostArray][] = []
  let at = 0
  const ordered = Object.entries(header.entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  )
  for (const [name, entry] of ordered) {
    const [begin, end] = entry.data_offsets
    const dtype = dtypeOf(entry.dtype)
    const width = isForeign(entry.dtype) ? foreignBytes[entry.dtype] : byteSize(dtype)
    const size = elementCount(entry.shape) * width
    if (begin !== at) return refuse(`${name}: data from byte ${at} on`, `byte ${begin}`)
    if (end - begin !== size) return refuse(`${name}: ${size} bytes of data`, `${end - begin}`)
    if (end > data.length) return refuse(`${name}: data up to byte ${end}`, `${data.length} bytes of data`)
    const array = readArray(dtype, entry, data)
    if (array === null) return refuse(`${name}: integers of 32 bits`, 'greater ones')
    if (dtype === 'bool' && array.data.some((bit) => bit > 1))
      return refuse(`${name}: bytes 0 and 1`, 'others')
    arrays.push([name, array])
    at = end
  }
  if (at !== data.length) return refuse(`${at} bytes of data`, `${data.length}`)
  return E.right(Object.fromEntries(arrays))
}

/**
 * Reads the bytes of a safetensors file, strictly: every byte of the data belongs to exactly one array.
 * `decodeSafetensors(path, encodeSafetensors(x))` is `right(x)`, down to the bits of a NaN. 16-bit floats are read as
 * float32, 64-bit integers that fit as int32.
 */
export const decodeSafetensors = (path: string, bytes: Uint8Array): E.Either<IoFormatError, Safetensors> =>
  pipe(
    splitFile(path, bytes),
    E.chain(({ text, data }) =>
      pipe(
        parseHeader(path, text),
        E.chain((header) =>
          pipe(
            readArrays(path, header, data),
            E.map((arrays) => ({ arrays, metadata: header.metadata })),
          ),
        ),
      ),
    ),
  )
