import type { ImageBatch } from '../../jobs/src/images/data/imageBatch.js'
import type { CheckpointState } from '../io/checkpoint.js'

/** What a step of training gives: the next state, the batch's mean loss, how many it had right before the update. */
type Stepped<S> = { readonly state: S; readonly loss: number; readonly correct: number }

/** What examples give without training: their mean loss, the predicted class of each, and the probabilities of all classes, [examples, classes]. */
export type Judged = {
  readonly loss: number
  readonly predicted: Uint32Array
  readonly scores: Float32Array
}

/** Numbers of a layer, by its name: weights [out, in, kh, kw], or maps [channels, height, width]. */
export type LayerValues = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

/** What there is to see within a model: filters of its first layer, if that has any, and maps of an image. */
export type Inside = { readonly filters: readonly LayerValues[]; readonly maps: readonly LayerValues[] }

/**
 * A model with its optimiser, ready to learn. `S` is everything that changes while training (parameters, moments,
 * random key); it is a value that no function here changes. Only `step` uses up the state that it is given, `init` too: its
 * memory becomes that of the next, and later use of it throws.
 */
export type Learner<S> = {
  /** The model's name; checkpoints of another name are refused. */
  readonly model: string
  readonly classes: number
  /** The number of trainable values. */
  readonly parameters: number
  readonly init: S
  readonly step: (state: S, batch: ImageBatch) => Promise<Stepped<S>>
  readonly judge: (state: S, batch: ImageBatch) => Promise<Judged>
  /** What the model is judged with, for others to read: parameters, and what changes without a gradient. */
  readonly variables: (state: S) => { readonly params: unknown; readonly state: unknown }
  /** The state with others to be judged with. */
  readonly withVariables: (state: S, variables: { readonly params: unknown; readonly state: unknown }) => S
  /** What the model makes of the first image of a batch, layer by layer. */
  readonly inside: (state: S, batch: ImageBatch) => Promise<Inside>
  /** The order of `count` training examples in an epoch, counted from 0: the same each time it is asked for. */
  readonly order: (epoch: number, count: number) => Uint32Array
  /** `fromHost(await toHost(state))` is `state`, bit for bit. */
  readonly toHost: (state: S) => Promise<CheckpointState>
  readonly fromHost: (state: CheckpointState) => S
}
