import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { parseCsv, printCsvRow } from '../../formats/csv.js'
import { type IoError, type IoFormatError, ioFormatError } from '../../formats/ioError.js'
import { headOf, type LogPlace, type LogRow, type LogTable, valuesOf } from './logTable.js'
import type { LogWriter } from './logWriter.js'
import { type KeyedText, openTextLog } from './textLog.js'

const fix = 'Resume the run that wrote it, or move it away.'

const parse =
  (table: LogTable) =>
  (path: string, text: string): E.Either<IoFormatError, readonly KeyedText[]> => {
    const [head, ...rows] = parseCsv(text).rows
    const names = headOf(table).join(', ')
    // a crash may have left nothing, or a part of the head
    if (head === undefined) return E.right([])
    if (head.cells.join(', ') !== names)
      return E.left(ioFormatError(path, `the head ${names}`, head.cells.join(', '), fix))
    return pipe(
      rows,
      E.traverseArray(
        ({ cells, text: row }): E.Either<IoFormatError, KeyedText> =>
          /^-?\d+$/.test(cells[0]) && cells.length === head.cells.length
            ? E.right({ key: Number(cells[0]), text: row })
            : E.left(
                ioFormatError(
                  path,
                  `a row of ${names}, a whole number first,`,
                  JSON.stringify(row.trim()),
                  fix,
                ),
              ),
      ),
    )
  }

/**
 * A log as comma-separated values: the table's names in the first line, then a line a row. Numbers are written so that
 * they read back exactly (`NaN`, `Infinity`); a missing value is an empty cell. A row that a crash cut off is dropped
 * when the run resumes. `write` throws a GradError for a column that is not in the table.
 */
export const openCsvLog = (place: LogPlace): TE.TaskEither<IoError, LogWriter<LogRow>> =>
  openTextLog(place, {
    operation: 'csvLog',
    head: printCsvRow(headOf(place.table)),
    print: (row) =>
      printCsvRow(valuesOf('csvLog', place.table, row).map((value) => (value === null ? '' : String(value)))),
    parse: parse(place.table),
  })
