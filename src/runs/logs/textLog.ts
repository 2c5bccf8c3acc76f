import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { IoError, IoFormatError } from '../../formats/ioError.js'
import { openAppendFile } from '../../io/appendFile.js'
import { type LogPlace, type LogRow, requireDistinct } from './logTable.js'
import type { LogWriter } from './logWriter.js'

/** How a table is written as text. */
export type TextFormat = {
  /** The function that users call, for errors. */
  readonly operation: string
  /** The text before the first row. */
  readonly head: string
  readonly print: (row: LogRow) => string
  /** The text of whole rows of a file, head apart, with the key of each. */
  readonly parse: (path: string, text: string) => E.Either<IoFormatError, readonly KeyedText[]>
}

export type KeyedText = { readonly key: number; readonly text: string }

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Opens a table of text; see `LogPlace` for what it keeps of an old one. */
export const openTextLog = (
  { path, table, resumeAt }: LogPlace,
  { operation, head, print, parse }: TextFormat,
): TE.TaskEither<IoError, LogWriter<LogRow>> => {
  requireDistinct(operation, table)
  const kept = (old: Uint8Array, upTo: number): E.Either<IoFormatError, Uint8Array> =>
    pipe(
      parse(path, new TextDecoder().decode(old)),
      E.map((rows) => bytesOf(head + rows.flatMap(({ key, text }) => (key <= upTo ? [text] : [])).join(''))),
    )
  return pipe(
    openAppendFile(path, (old) =>
      old === undefined || resumeAt === undefined ? E.right(bytesOf(head)) : kept(old, resumeAt),
    ),
    TE.map(({ append, sync, close }) => ({ write: (row) => append(bytesOf(print(row))), sync, close })),
  )
}
