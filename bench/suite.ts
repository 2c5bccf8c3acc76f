import type { Effort } from './measure.js'

/** Something that does a work; what is measured of it. */
export type Contender = {
  readonly name: string
  /** Makes what so many times use up; it does not count. */
  readonly before?: (times: number) => void
  /**
   * Does the work so many times, and waits until it is done. What runs in another process tells how long it took there;
   * of its processors nothing is known.
   */
  readonly run: (times: number) => void | Promise<void> | Promise<Elapsed>
}

export type Elapsed = { readonly ms: number }

/** A peer, and the least of its speed that is wanted. */
export type Peer = Contender & {
  readonly bar: number | null
  /** Where its work is another size, floating-point operations: rates are compared then. */
  readonly operations?: number
  /** Which of the times the bar is for; medians otherwise. */
  readonly barOf?: 'least'
}

/** A peer that can't do a work. */
export type Absent = { readonly name: string; readonly why: string }

/** Arrays of one work made ready, in a state in which it can be repeated. */
export type Prepared = {
  readonly ours: Contender
  readonly peers: readonly Peer[]
  readonly absent?: readonly Absent[]
  /** Frees what was made. */
  readonly close: () => void
}

export type Work = {
  readonly work: string
  readonly shape: string
  /** Where it is not the suite's. */
  readonly backend?: string
  /** Floating-point operations, where they are what is counted. */
  readonly operations: number | null
  /** Milliseconds at most, where that is the bar. */
  readonly mostMs: number | null
  /** Where it can't be measured as the others are. */
  readonly effort?: Partial<Effort>
  readonly prepare: () => Promise<Prepared>
}

/** What is looked at once, and is no time. */
export type Figure = {
  readonly work: string
  readonly shape: string
  readonly take: () => Promise<{
    /** Of one time. */
    readonly ms: number
    readonly ratio: number
    /** The ratio has to be at least this. */
    readonly bar: number
    readonly note: string
  }>
}

/** Works of one backend. */
export type Suite = {
  readonly backend: string
  /** How many threads the backend was given; `null` where it decides. */
  readonly threads: number | null
  readonly works: readonly Work[]
  readonly figures?: readonly Figure[]
  /** Frees what all works share. */
  readonly close?: () => Promise<void>
}
