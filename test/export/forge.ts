import * as E from 'fp-ts/lib/Either.js'
import { checksumOf } from '../../src/export/programBytes.js'
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../src/formats/safetensors.js'

/** The file of a program, taken apart. */
export const partsOfFile = (bytes: Uint8Array): Safetensors => {
  const file = decodeSafetensors('program', bytes)
  if (E.isLeft(file)) throw new Error(file.left.message)
  return file.right
}

/** A file put together again with a sum that is right, as a careful forger would. */
export const forge = ({ arrays, metadata }: Safetensors): Uint8Array => {
  const constants = Object.keys(arrays)
    .map((_, i) => arrays[`constant.${i}`])
    .filter((a) => a !== undefined)
  return encodeSafetensors({
    arrays,
    metadata: { ...metadata, crc32: checksumOf(metadata['program'] ?? '', constants) },
  })
}

/** The same with the JSON of the program changed. */
export const forgeProgram = (
  bytes: Uint8Array,
  change: (program: Record<string, unknown>) => void,
): Uint8Array => {
  const file = partsOfFile(bytes)
  const program: Record<string, unknown> = JSON.parse(file.metadata['program'])
  change(program)
  return forge({ ...file, metadata: { ...file.metadata, program: JSON.stringify(program) } })
}
