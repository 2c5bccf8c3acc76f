/** Something that does a work; what is measured of it. */
export type Contender = {
  readonly name: string
  /** Makes what so many times use up; it does not count. */
  readonly before?: (times: number) => void
  /** Does the work so many times, and waits until it is done. */
  readonly run: (times: number) => void | Promise<void>
}

/** A peer, and the least of its speed that is wanted. */
export type Peer = Contender & { readonly bar: number | null }

/** Arrays of one work made ready, in a state in which it can be repeated. */
export type Prepared = {
  readonly ours: Contender
  readonly peers: readonly Peer[]
  /** Frees what was made. */
  readonly close: () => void
}

export type Work = {
  readonly work: string
  readonly shape: string
  /** Floating-point operations, where they are what is counted. */
  readonly operations: number | null
  /** Milliseconds at most, where that is the bar. */
  readonly mostMs: number | null
  readonly prepare: () => Promise<Prepared>
}

/** Works of one backend. */
export type Suite = {
  readonly backend: string
  /** How many threads the backend was given; `null` where it decides. */
  readonly threads: number | null
  readonly works: readonly Work[]
}
