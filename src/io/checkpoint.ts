import type { StateTree } from './stateTree.js'

/** The state of a training: a tree whose root is an object, without a key `series`. */
export type CheckpointState = { readonly [key: string]: StateTree }

/** Everything that a training needs to go on as if nothing had happened. */
export type Checkpoint<S extends CheckpointState> = {
  /** The kind of model; loading requires the same name. */
  readonly model: string
  /** The progress of the training: `step`, `epoch`, … */
  readonly counters: { readonly [name: string]: number }
  /** The configuration of the training: plain JSON. */
  readonly config: { readonly [key: string]: unknown }
  /** Parameters, optimiser state, random key, … */
  readonly state: S
  /** Records that grow while training: the loss of each step, … */
  readonly series: { readonly [name: string]: Float64Array }
}

/** The file that describes the checkpoint, and names the file of its arrays. */
export const manifestName = 'manifest.json'

/** The prefix of the arrays of `series` in the file of arrays: `series.loss`. */
export const seriesPrefix = 'series.'

/** Written into the manifest and into the file of arrays. */
export const checkpointFormat = 'grad-ts checkpoint'
