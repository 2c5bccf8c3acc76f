/** One row: cells with commas, quotes or line ends are quoted. Ends with a line feed. */
export const printCsvRow = (cells: readonly string[]): string => {
  const alone = cells.length === 1 && cells[0] === ''
  const text = cells
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
  return `${alone ? '""' : text}\n`
}

/** A row's cells, and its text with its line end. */
type CsvRow = { readonly cells: readonly string[]; readonly text: string }

/** The complete rows of a file, and the text after the last line end: the beginning of an unfinished row, or nothing. */
export type CsvRows = { readonly rows: readonly CsvRow[]; readonly torn: string }

/** The cells in the text of one row, without its line end. */
const cellsOf = (line: string): readonly string[] => {
  const cells: string[] = []
  let [cell, quoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const char = line[i]
    if (quoted) {
      if (char !== '"') cell += char
      else if (line[i + 1] === '"') cell += line[++i]
      else quoted = false
    } else if (char === '"') quoted = true
    else if (char === ',') {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  return [...cells, cell]
}

/**
 * Reads rows as RFC 4180 has them, with line ends of one or two characters.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export const parseCsv = (text: string): CsvRows => {
  const rows: CsvRow[] = []
  let [start, quotes] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quotes++
    // a line end ends the row if all quotes are closed
    if (text[i] !== '\n' || quotes % 2 === 1) continue
    const row = text.slice(start, i + 1)
    rows.push({ cells: cellsOf(row.replace(/\r?\n$/, '')), text: row })
    start = i + 1
  }
  return { rows, torn: text.slice(start) }
}
