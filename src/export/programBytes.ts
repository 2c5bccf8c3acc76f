import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'
import { crc32 } from '../formats/crc32.js'
import type { HostArray } from '../formats/namedArray.js'
import { encodeSafetensors } from '../formats/safetensors.js'
import type { Concrete } from '../graph/tensor.js'
import type { ProgramContent } from './exported.js'
import { graphCodec } from './serialize.js'
import { treeCodec } from './treeCodec.js'

export const programFormat = 'grad-ts program'
export const programVersion = '1'

/** The metadata in the file's header: strings, as the format requires. */
export const ProgramHeader = closed(
  {
    format: t.literal(programFormat),
    version: t.literal(programVersion),
    /** The checksum of the text of `program`, then the constants in order. */
    crc32: t.string,
    /** The text of a ProgramJson. */
    program: t.string,
  },
  'ProgramHeader',
)
export type ProgramHeader = t.TypeOf<typeof ProgramHeader>

export const ProgramJson = closed(
  { name: t.string, arguments: treeCodec, results: treeCodec, graph: t.unknown },
  'Program',
)

export const constantName = (index: number): string => `constant.${index}`

/** CRC-32 in hexadecimal of a program's text and constants. */
export const checksumOf = (text: string, constants: readonly HostArray[]): string =>
  crc32([
    new TextEncoder().encode(text),
    ...constants.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ])
    .toString(16)
    .padStart(8, '0')

const hostArray = (t: Concrete): HostArray => ({ dtype: t.dtype, shape: t.shape, data: t.read() })

/** A safetensors file: the constants are its arrays, the rest is in its metadata. */
export const encodeProgram = (content: ProgramContent): Uint8Array => {
  const constants = content.constants.map(hostArray)
  const program = JSON.stringify({
    name: content.name,
    arguments: treeCodec.encode(content.argumentStructure),
    results: treeCodec.encode(content.resultStructure),
    graph: graphCodec.encode(content.graph),
  })
  return encodeSafetensors({
    arrays: Object.fromEntries(constants.map((array, i) => [constantName(i), array])),
    metadata: {
      format: programFormat,
      version: programVersion,
      crc32: checksumOf(program, constants),
      program,
    },
  })
}
