import { GradError } from '../../ir/errors.js'

/** A figure, a word, or nothing. */
export type LogValue = number | string | null

/** One row: the step or epoch under the name of the table's key, and figures under those of its columns. */
export type LogRow = Readonly<Record<string, LogValue>>

/** The columns of a table: a whole number that says when (`step`, `epoch`), and others, all fixed. */
export type LogTable = { readonly key: string; readonly columns: readonly string[] }

/** Where a table is kept. */
export type LogPlace = {
  readonly path: string
  readonly table: LogTable
  /** Where the run resumes: rows whose key is larger are dropped. For a new run, all rows are. */
  readonly resumeAt?: number
}

/** The key's name, then the columns'. */
export const headOf = ({ key, columns }: LogTable): readonly string[] => [key, ...columns]

/** @throws GradError where a name is there twice. */
export const requireDistinct = (operation: string, table: LogTable): void => {
  const head = headOf(table)
  const twice = head.find((name, i) => head.indexOf(name) !== i)
  if (twice !== undefined)
    throw new GradError(
      `${operation}: columns of different names are required, got ${twice} twice. Rename one.`,
    )
}

/**
 * The values of a row in the order of the head; what it doesn't say is `null`.
 * @throws GradError where it has a column that the head doesn't have, or no whole number as its key.
 */
export const valuesOf = (operation: string, table: LogTable, row: LogRow): readonly LogValue[] => {
  const head = headOf(table)
  const unknown = Object.keys(row).find((name) => !head.includes(name))
  if (unknown !== undefined)
    throw new GradError(
      `${operation}: the columns ${head.join(', ')} are fixed at the head, got ${unknown}. Name it when the log is opened.`,
    )
  if (!Number.isInteger(row[table.key]))
    throw new GradError(
      `${operation}: a whole number is required as ${table.key}, got ${String(row[table.key])}. Every row has one.`,
    )
  return head.map((name) => row[name] ?? null)
}
