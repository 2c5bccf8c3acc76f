import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { DType } from '../ir/dtype.js'
import { closed } from './closedRecord.js'
import { firstProblem, problemRequirement } from './decodeProblem.js'
import { type ForeignType, foreignTypes } from './foreignElements.js'
import { type IoFormatError, ioFormatError } from './ioError.js'

/** The format's names of the element types that this library has, in the order in which data is laid out. */
export const dtypeNames: { readonly [D in DType]: keyof typeof ownTypes } = {
  float64: 'F64',
  float32: 'F32',
  uint32: 'U32',
  int32: 'I32',
  bool: 'BOOL',
}

const ownTypes = { F64: 'float64', F32: 'float32', U32: 'uint32', I32: 'int32', BOOL: 'bool' } as const

const SafetensorsDType = t.keyof(
  { ...ownTypes, ...foreignTypes },
  'one of F32, F64, I32, U32, BOOL, F16, BF16, I64',
)
type SafetensorsDType = t.TypeOf<typeof SafetensorsDType>

/** The library's name of an element type of the format, or the type that it is read as if the library lacks it. */
export const dtypeOf = (name: SafetensorsDType): DType => ({ ...ownTypes, ...foreignTypes })[name]

export const isForeign = (name: SafetensorsDType): name is ForeignType => Object.hasOwn(foreignTypes, name)

const Natural = t.refinement(t.Integer, (n) => n >= 0 && Number.isSafeInteger(n), 'an integer, not negative')

/** The entry of one array: offsets are bytes from the end of the header, the end excluded. */
export const ArrayEntry = closed(
  { dtype: SafetensorsDType, shape: t.array(Natural), data_offsets: t.tuple([Natural, Natural]) },
  'ArrayEntry',
)
export type ArrayEntry = t.TypeOf<typeof ArrayEntry>

const ArrayEntries = t.record(t.string, ArrayEntry, 'a JSON object')
const Metadata = t.record(t.string, t.string, 'an object of strings')
const JsonObject = t.UnknownRecord

/** The parsed JSON header of a file. */
export type SafetensorsHeader = {
  readonly metadata: { readonly [key: string]: string }
  readonly entries: { readonly [name: string]: ArrayEntry }
}

const metadataKey = '__metadata__'

/** Whether the format reserves a name. */
export const isReservedName = (name: string): boolean => name === metadataKey

/** The JSON text of a header, in the order of its entries. */
export const printHeader = ({ metadata, entries }: SafetensorsHeader): string => {
  const named = Object.entries(entries)
  const head = Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata] as const]
  return JSON.stringify(Object.fromEntries<unknown>([...head, ...named]))
}

/** Reads the JSON text of a header; `path` is the file's, for the error. */
export const parseHeader = (path: string, text: string): E.Either<IoFormatError, SafetensorsHeader> => {
  const fix = 'The file is damaged, or isn’t a safetensors file.'
  const refuse = (errors: t.Errors): IoFormatError => {
    const problem = firstProblem(errors)
    return ioFormatError(path, `in the header, ${problemRequirement(problem)}`, problem.got, fix)
  }
  const decode = <A>(codec: t.Decoder<unknown, A>, value: unknown) =>
    pipe(codec.decode(value), E.mapLeft(refuse))
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      (): IoFormatError => ioFormatError(path, 'a header in JSON', 'other text', fix),
    ),
    E.chain((json) => decode(JsonObject, json)),
    E.chain((json) =>
      pipe(
        E.Do,
        E.apS('metadata', decode(Metadata, Object.hasOwn(json, metadataKey) ? json[metadataKey] : {})),
        E.apS(
          'entries',
          decode(
            ArrayEntries,
            Object.fromEntries(Object.entries(json).filter(([key]) => key !== metadataKey)),
          ),
        ),
      ),
    ),
  )
}
