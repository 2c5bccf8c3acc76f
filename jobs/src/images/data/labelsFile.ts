import * as E from 'fp-ts/lib/Either.js'
import { type IoError, ioFormatError } from 'grad-ts/io'

/** A line of a file of labels, counted from 1: an image's file and what stands beside it. */
export type LabelLine = { readonly line: number; readonly file: string; readonly label: string }

/** Two fields, each bare or in quotes, where two quotes mean one. */
const twoFields = /^(?:"((?:[^"]|"")*)"|([^",]*)),(?:"((?:[^"]|"")*)"|([^",]*))$/

const fieldsOf = (line: string): readonly [string, string] | null => {
  const found = twoFields.exec(line)
  if (found === null) return null
  const [, quotedFile, file, quotedLabel, label] = found
  const field = (quoted: string | undefined, bare: string): string =>
    quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"')
  return [field(quotedFile, file), field(quotedLabel, label)]
}

/**
 * Decodes a CSV of two columns under the heading `file,label`, empty lines left out; `name` is its name, for errors.
 * @see RFC 4180
 */
export const decodeLabels = (name: string, text: string): E.Either<IoError, readonly LabelLine[]> => {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, i) => ({ line: i + 1, content }))
    .filter(({ content }) => content.trim() !== '')
  const [head, ...rest] = lines
  if (head?.content.trim() !== 'file,label')
    return E.left(
      ioFormatError(
        name,
        'a first line "file,label"',
        head === undefined ? 'an empty file' : `"${head.content}"`,
        'Put that line first, then a line for each image.',
      ),
    )
  const out: LabelLine[] = []
  for (const { line, content } of rest) {
    const fields = fieldsOf(content)
    if (fields === null || fields[0] === '' || fields[1] === '')
      return E.left(
        ioFormatError(
          name,
          'a file, a comma and a label',
          `"${content}" in line ${line}`,
          'Correct that line.',
        ),
      )
    out.push({ line, file: fields[0], label: fields[1] })
  }
  return E.right(out)
}
