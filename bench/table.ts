import { keepsBar, type Row, ratioOfCpu, ratioOfLeast } from './row.js'

const time = (ms: number | null): string => {
  if (ms === null) return ''
  return ms < 1 ? `${(1000 * ms).toFixed(0)} µs` : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`
}

const verdict = (row: Row): string => {
  const { bar, barOf, ratio } = row
  if (bar === null) return ''
  const least = barOf === 'least' ? ' of least' : ''
  const wanted = ratio === null ? `≤ ${time(bar)}` : `≥ ${Number(bar.toFixed(2))}${least}`
  return `${wanted} ${keepsBar(row) ? 'kept' : 'missed'}`
}

type Column = readonly [string, (row: Row) => string]

const columns: readonly Column[] = [
  ['work', (r) => r.work],
  ['backend', (r) => r.backend],
  ['threads', (r) => r.threads?.toFixed(0) ?? ''],
  ['shape', (r) => r.shape],
  ['ours', (r) => time(r.ms)],
  ['least', (r) => time(r.leastMs)],
  ['CPU', (r) => time(r.cpuMs)],
  ['GFLOP/s', (r) => r.gflops?.toFixed(1) ?? ''],
  ['peer', (r) => [r.peer, r.note].filter((t) => t !== null).join(': ')],
  ['its', (r) => time(r.peerMs)],
  ['least', (r) => time(r.peerLeastMs)],
  ['CPU', (r) => time(r.peerCpuMs)],
  ['ratio', (r) => r.ratio?.toFixed(2) ?? ''],
  ['of least', (r) => ratioOfLeast(r)?.toFixed(2) ?? ''],
  ['of CPU', (r) => ratioOfCpu(r)?.toFixed(2) ?? ''],
  ['bar', verdict],
]

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** As a table of Markdown, its columns in line; those in which nothing stands are left out. */
export const tableOf = (rows: readonly Row[]): string => {
  const shown = columns.filter(([, show]) => rows.some((row) => show(row) !== ''))
  const cells = [shown.map(([title]) => title), ...rows.map((row) => shown.map(([, show]) => show(row)))]
  const widths = shown.map((_, c) => Math.max(...cells.map((line) => line[c].length)))
  const padded = cells.map((line) => lineOf(line.map((cell, c) => cell.padEnd(widths[c]))))
  return [padded[0], lineOf(widths.map((w) => '-'.repeat(w))), ...padded.slice(1)].join('\n')
}
