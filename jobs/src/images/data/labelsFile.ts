import { CsvError, parse } from 'csv-parse/sync'
import * as E from 'fp-ts/lib/Either.js'
import { type IoError, ioFormatError } from 'grad-ts/io'

/** A line of a file of labels, counted from 1: an image's file and what stands beside it. */
export type LabelLine = { readonly line: number; readonly file: string; readonly label: string }

type Fields = Pick<LabelLine, 'file' | 'label'>

const parseLines = (text: string): readonly LabelLine[] =>
  parse<LabelLine, Fields>(text, {
    bom: true,
    columns: true,
    skip_empty_lines: true,
    trim: true,
    on_record: ({ file, label }, { lines }) => ({ line: lines, file, label }),
  })

/** The line that has a quote too many. The parser counts one that is never closed from the end. */
const wrongLine = (lines: readonly string[], error: unknown): number => {
  if (!(error instanceof CsvError)) throw error
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? 1 + lines.findIndex((content) => content.split('"').length % 2 === 0)
    : Number(error['lines'])
}

/**
 * Decodes a CSV of two columns under the heading `file,label`, empty lines left out; `name` is its name, for errors.
 * @see RFC 4180
 */
export const decodeLabels = (name: string, text: string): E.Either<IoError, readonly LabelLine[]> => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const head = lines.find((content) => content.trim() !== '')
  if (head?.trim() !== 'file,label')
    return E.left(
      ioFormatError(
        name,
        'a first line "file,label"',
        head === undefined ? 'an empty file' : `"${head}"`,
        'Put that line first, then a line for each image.',
      ),
    )
  const refused = (line: number): E.Either<IoError, never> =>
    E.left(
      ioFormatError(
        name,
        'a file, a comma and a label',
        `"${lines[line - 1]}" in line ${line}`,
        'Correct that line.',
      ),
    )
  const found = E.tryCatch(
    () => parseLines(text),
    (error) => wrongLine(lines, error),
  )
  if (E.isLeft(found)) return refused(found.left)
  const strange = found.right.find(({ file, label }) => file === '' || label === '')
  return strange === undefined ? found : refused(strange.line)
}
