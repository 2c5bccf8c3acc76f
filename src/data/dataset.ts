import type { EpochOrder } from './epochOrder.js'

/**
 * Examples by their numbers: as many as `count`, and what a step of training gets for some of them. A batch may be in memory,
 * read from files or drawn; the same indices give the same batch.
 */
export type Dataset<Batch> = {
  readonly count: number
  /** The examples of these numbers, from 0 to count − 1, in this order. */
  readonly batch: (indices: Uint32Array) => Batch | Promise<Batch>
  /** The order of an epoch; left out, a permutation of all that follows from seed and epoch. */
  readonly order?: (epoch: EpochOrder) => Uint32Array
}
