import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type IoError, type IoFormatError, ioFormatError } from '../../formats/ioError.js'
import { headOf, type LogPlace, type LogRow, type LogTable, type LogValue, valuesOf } from './logTable.js'
import type { LogWriter } from './logWriter.js'
import { type KeyedText, openTextLog } from './textLog.js'

const fix = 'Resume the run that wrote it, or move it away.'

/** JSON has no NaN and no infinities: they become strings, as in reports. */
const jsonValue = (value: LogValue): LogValue =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

const print = (table: LogTable, row: LogRow): string => {
  const values = valuesOf('jsonLinesLog', table, row)
  // put together by hand: an object would move names that look like numbers to the front
  const fields = headOf(table).map(
    (name, i) => `${JSON.stringify(name)}:${JSON.stringify(jsonValue(values[i]))}`,
  )
  return `{${fields.join(',')}}\n`
}

const parseLine =
  (path: string, table: LogTable) =>
  (text: string): E.Either<IoFormatError, KeyedText> => {
    const names = headOf(table)
    const refused = ioFormatError(path, `a line of ${names.join(', ')}`, JSON.stringify(text), fix)
    return pipe(
      E.tryCatch(
        (): unknown => JSON.parse(text),
        () => refused,
      ),
      E.filterOrElse(t.UnknownRecord.is, () => refused),
      E.chain((row) => {
        const key = row[table.key]
        return typeof key === 'number' &&
          Number.isInteger(key) &&
          [...names].sort().join() === Object.keys(row).sort().join()
          ? E.right({ key, text: `${text}\n` })
          : E.left(refused)
      }),
    )
  }

/**
 * A log as lines of JSON: an object a row, with all names of the table in their order; a missing value is `null`, and
 * NaN and infinities are strings. A row that a crash cut off is dropped when the run resumes. `write` throws a GradError
 * for a column that is not in the table.
 * @see https://jsonlines.org
 */
export const openJsonLinesLog = (place: LogPlace): TE.TaskEither<IoError, LogWriter<LogRow>> =>
  openTextLog(place, {
    operation: 'jsonLinesLog',
    head: '',
    print: (row) => print(place.table, row),
    // what follows the last line end was never finished
    parse: (path, text) => pipe(text.split('\n').slice(0, -1), E.traverseArray(parseLine(path, place.table))),
  })
