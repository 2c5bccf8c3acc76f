import type { Measured } from './measure.js'
import type { Absent, Suite, Work } from './suite.js'

/** One work beside one peer, or alone. */
export type Row = {
  readonly work: string
  readonly shape: string
  readonly backend: string
  readonly threads: number | null
  /** Medians; the least of all rounds beside them. */
  readonly ms: number
  readonly leastMs: number
  /** Of processors: threads together, the median; `null` where it ran in another process. */
  readonly cpuMs: number | null
  readonly gflops: number | null
  readonly peer: string | null
  readonly peerMs: number | null
  readonly peerLeastMs: number | null
  readonly peerCpuMs: number | null
  /** Our speed by the peer's. */
  readonly ratio: number | null
  /** What is wanted: a ratio of at least this beside a peer, or, alone, milliseconds of at most this. */
  readonly bar: number | null
  /** Why the peer has no figures. */
  readonly note: string | null
}

export const rowsOf = (
  suite: Suite,
  { work, shape, backend = suite.backend, operations, mostMs }: Work,
  ours: Measured,
  peers: readonly { readonly name: string; readonly bar: number | null; readonly measured: Measured }[],
  absent: readonly Absent[] = [],
): readonly Row[] => {
  const own = {
    work,
    shape,
    backend,
    threads: suite.threads,
    ms: ours.median,
    leastMs: ours.least,
    cpuMs: ours.cpu,
    gflops: operations === null ? null : operations / ours.median / 1e6,
  }
  const alone: Row = {
    ...own,
    peer: null,
    peerMs: null,
    peerLeastMs: null,
    peerCpuMs: null,
    ratio: null,
    bar: mostMs,
    note: null,
  }
  const beside = peers.map(
    ({ name, bar, measured }): Row => ({
      ...own,
      peer: name,
      peerMs: measured.median,
      peerLeastMs: measured.least,
      peerCpuMs: measured.cpu,
      ratio: measured.median / ours.median,
      bar,
      note: null,
    }),
  )
  const without = absent.map(({ name, why }): Row => ({ ...alone, peer: name, bar: null, note: why }))
  return [...(mostMs !== null || peers.length === 0 ? [alone] : []), ...beside, ...without]
}

/** Whether the bar is kept; `null` where there is none. */
export const keepsBar = ({ ratio, ms, bar }: Row): boolean | null =>
  bar === null ? null : ratio === null ? ms <= bar : ratio >= bar
