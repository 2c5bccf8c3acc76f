import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'
import { firstProblem, problemRequirement } from '../formats/decodeProblem.js'
import { type IoError, ioFormatError } from '../formats/ioError.js'
import { checkpointFormat } from './checkpoint.js'

const Natural = t.refinement(t.Integer, (n) => n >= 0, 'an integer, not negative')

const matching = (pattern: RegExp, requirement: string) =>
  t.refinement(t.string, (text) => pattern.test(text), requirement)

/** Names of the array files, so that a manifest can't lead outside its folder. */
export const arraysFilePattern = /^arrays-[0-9a-f]{16}\.safetensors$/

const LeafType = closed(
  {
    path: t.string,
    dtype: t.keyof({ float32: null, float64: null, int32: null, uint32: null, bool: null }, 'a dtype'),
    shape: t.array(Natural),
  },
  'LeafType',
)

const ArraysFile = closed(
  {
    file: matching(arraysFilePattern, 'a name like arrays-0123456789abcdef.safetensors'),
    bytes: Natural,
    sha256: matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal'),
  },
  'ArraysFile',
)

/**
 * The description of a checkpoint. `leaves` are the arrays of the state, by path; `counters` the progress of the
 * training; `config` its configuration, decoded by whoever knows its codec.
 */
export const CheckpointManifest = closed(
  {
    format: t.literal(checkpointFormat),
    version: t.literal(1),
    model: t.string,
    counters: t.record(t.string, Natural),
    config: t.UnknownRecord,
    leaves: t.array(LeafType),
    arrays: ArraysFile,
  },
  'CheckpointManifest',
)
export type CheckpointManifest = t.TypeOf<typeof CheckpointManifest>

const Versioned = t.type({ format: t.literal(checkpointFormat), version: t.literal(1) }, 'an object')
const Sealed = t.type({ seal: t.string }, 'an object')

/** The SHA-256 of the JSON of everything else, which a damaged manifest would get wrong. */
const sealOf = (json: unknown): string => createHash('sha256').update(JSON.stringify(json)).digest('hex')

/** Reads the text of a manifest; `path` is the file's, for the error. */
export const parseManifest = (path: string, text: string): E.Either<IoError, CheckpointManifest> => {
  const damaged = 'The checkpoint is damaged; use another.'
  const decode = <A>(codec: t.Decoder<unknown, A>, value: unknown, fix: string) =>
    pipe(
      codec.decode(value),
      E.mapLeft((errors) => {
        const problem = firstProblem(errors)
        return ioFormatError(path, problemRequirement(problem), problem.got, fix)
      }),
    )
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => ioFormatError(path, 'JSON', 'other text', damaged),
    ),
    E.chainFirst((json) => decode(Versioned, json, 'Another version of grad-ts wrote it; use that one.')),
    E.chain((json) => decode(Sealed, json, damaged)),
    E.chain(({ seal, ...content }) =>
      pipe(
        decode(CheckpointManifest, content, damaged),
        E.filterOrElse(
          () => seal === sealOf(content),
          () => ioFormatError(path, `a content of seal ${seal}`, sealOf(content), damaged),
        ),
      ),
    ),
  )
}

/** The text of a manifest; `parseManifest(path, printManifest(m))` is `right(m)`. */
export const printManifest = (manifest: CheckpointManifest): string => {
  const content = CheckpointManifest.encode(manifest)
  return `${JSON.stringify({ ...content, seal: sealOf(content) }, null, 2)}\n`
}
