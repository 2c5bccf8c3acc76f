import type { ImageBatch } from '../data/imageBatch.js'
import type { CheckpointState } from '../io/checkpoint.js'

/** What a step of training gives: the next state, the batch's mean loss, how many it had right before the update. */
export type Stepped<S> = { readonly state: S; readonly loss: number; readonly correct: number }

/** What a batch gives without training: its mean loss, and the predicted class of each example. */
export type Judged = { readonly loss: number; readonly predicted: Uint8Array }

/**
 * A model with its optimiser, ready to learn. `S` is everything that changes while training (parameters, moments,
 * random key); it is a value, and no function here changes the one that it is given.
 */
export type Learner<S> = {
  /** The model's name; checkpoints of another name are refused. */
  readonly model: string
  /** The number of trainable values. */
  readonly parameters: number
  readonly init: S
  readonly step: (state: S, batch: ImageBatch) => Promise<Stepped<S>>
  readonly judge: (state: S, batch: ImageBatch) => Promise<Judged>
  /** The order of `count` training examples in an epoch, counted from 0: the same each time it is asked for. */
  readonly order: (epoch: number, count: number) => Uint32Array
  /** `fromHost(await toHost(state))` is `state`, bit for bit. */
  readonly toHost: (state: S) => Promise<CheckpointState>
  readonly fromHost: (state: CheckpointState) => S
}
