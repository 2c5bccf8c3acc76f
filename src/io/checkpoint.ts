import type { StateTree } from './stateTree.js'

/** The state of a training: a tree whose root is an object, without a key `series`. */
export type CheckpointState = { readonly [key: string]: StateTree }

/** Everything that is needed to go on as if nothing had happened. */
export type Checkpoint<S extends CheckpointState> = {
  /** What kind of model it is; loading asks for the same name. */
  readonly model: string
  /** How far training went: `step`, `epoch`, … */
  readonly counters: { readonly [name: string]: number }
  /** What the training was started with: plain JSON. */
  readonly config: { readonly [key: string]: unknown }
  /** Parameters, optimiser state, random key, … */
  readonly state: S
  /** Records that grow while training: the loss of each step, … */
  readonly series: { readonly [name: string]: Float64Array }
}

/** The file that says what the checkpoint is, and names the file of its arrays. */
export const manifestName = 'manifest.json'

/** Where the arrays of `series` are in the file of arrays: `series.loss`. */
export const seriesPrefix = 'series.'

/** Written into the manifest and into the file of arrays. */
export const checkpointFormat = 'grad-ts checkpoint'
