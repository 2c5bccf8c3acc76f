import type { Measured } from './measure.js'
import type { Absent, Figure, Peer, Suite, Work } from './suite.js'

/** One work beside one peer, or alone. */
export type Row = {
  readonly work: string
  readonly shape: string
  readonly backend: string
  readonly threads: number | null
  /** Medians; the least of all rounds beside them. */
  readonly ms: number
  readonly leastMs: number | null
  /** Of processors: threads together, the median; `null` where it ran in another process. */
  readonly cpuMs: number | null
  readonly gflops: number | null
  readonly peer: string | null
  readonly peerMs: number | null
  readonly peerLeastMs: number | null
  readonly peerCpuMs: number | null
  /** Our speed by the peer's; of figures, what is compared with the bar. */
  readonly ratio: number | null
  /** What is wanted: a ratio of at least this beside a peer, or, alone, milliseconds of at most this. */
  readonly bar: number | null
  /** Which of the times the bar is for. */
  readonly barOf: 'median' | 'least'
  /** Why the peer has no figures; what a figure is made of. */
  readonly note: string | null
}

const empty = {
  leastMs: null,
  cpuMs: null,
  gflops: null,
  peer: null,
  peerMs: null,
  peerLeastMs: null,
  peerCpuMs: null,
  ratio: null,
  bar: null,
  barOf: 'median',
  note: null,
} as const

export type Beside = { readonly peer: Peer; readonly measured: Measured }

/** How often the peer's work is in ours. */
const size = (operations: number | null, peer: Peer): number =>
  operations === null || peer.operations === undefined ? 1 : operations / peer.operations

export const rowsOf = (
  suite: Suite,
  { work, shape, backend = suite.backend, operations, mostMs }: Work,
  ours: Measured,
  peers: readonly Beside[],
  absent: readonly Absent[] = [],
): readonly Row[] => {
  const own: Row = {
    ...empty,
    work,
    shape,
    backend,
    threads: suite.threads,
    ms: ours.median,
    leastMs: ours.least,
    cpuMs: ours.cpu,
    gflops: operations === null ? null : operations / ours.median / 1e6,
  }
  const alone: Row = { ...own, bar: mostMs }
  const beside = peers.map(
    ({ peer, measured }): Row => ({
      ...own,
      peer: peer.name,
      peerMs: measured.median,
      peerLeastMs: measured.least,
      peerCpuMs: measured.cpu,
      ratio: (measured.median / ours.median) * size(operations, peer),
      bar: peer.bar,
      barOf: peer.barOf ?? 'median',
    }),
  )
  const without = absent.map(({ name, why }): Row => ({ ...own, peer: name, note: why }))
  return [...(mostMs !== null || peers.length + absent.length === 0 ? [alone] : []), ...beside, ...without]
}

export const rowOfFigure = async ({ backend, threads }: Suite, figure: Figure): Promise<Row> => ({
  ...empty,
  work: figure.work,
  shape: figure.shape,
  backend,
  threads,
  ...(await figure.take()),
})

/** Our speed by the peer's, by other times than the medians: works may differ in size. */
const ratioBy = ({ ratio, ms, peerMs }: Row, own: number | null, peers: number | null): number | null =>
  ratio === null || peerMs === null || own === null || peers === null
    ? null
    : ratio * (peers / own) * (ms / peerMs)

export const ratioOfLeast = (row: Row): number | null => ratioBy(row, row.leastMs, row.peerLeastMs)

export const ratioOfCpu = (row: Row): number | null => ratioBy(row, row.cpuMs, row.peerCpuMs)

/** Whether the bar is kept; `null` where there is none. */
export const keepsBar = (row: Row): boolean | null => {
  const { ms, bar, barOf } = row
  if (bar === null) return null
  const ratio = barOf === 'least' ? ratioOfLeast(row) : row.ratio
  return ratio === null ? ms <= bar : ratio >= bar
}
