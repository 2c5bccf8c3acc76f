import { GradError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'

/** What a layer is told besides its input. */
export type Mode = {
  /** Dropout drops and statistics move only while training. */
  readonly train: boolean
  /** For layers that draw random numbers while training. */
  readonly key?: Tensor
}

/** Trainable values, and those that training changes without a gradient (`null`: none). */
export type Variables<P, S> = { readonly params: P; readonly state: S }

/**
 * A model as pure functions of its parameters `P` and state `S`, both trees. `apply` hands back the state
 * that the next call should get.
 */
export type Layer<P, S = null> = {
  /** For summaries and errors: `linear(784, 128)`. */
  readonly name: string
  readonly init: (key: Tensor) => Variables<P, S>
  readonly apply: (params: P, state: S, x: Tensor, mode: Mode) => [Tensor, S]
  /** The layers that this one is made of, for summaries. */
  readonly parts?: readonly Part[]
}

/** A layer without state or randomness: `call` is all there is to it. */
export type StatelessLayer<P> = Layer<P, null> & { readonly call: (params: P, x: Tensor) => Tensor }

/** One of a sequence, as a summary sees it. */
export type Part = {
  readonly name: string
  readonly run: (params: unknown, state: unknown, x: Tensor, mode: Mode) => Tensor
}

/** A layer from the function it is; `init` makes its parameters. */
export const stateless = <P>(
  name: string,
  init: (key: Tensor) => P,
  call: (params: P, x: Tensor) => Tensor,
): StatelessLayer<P> => ({
  name,
  init: (key) => ({ params: init(key), state: null }),
  apply: (params, _state, x) => [call(params, x), null],
  call,
})

/** @throws GradError naming the layer that needs a key */
export const requireKey = (name: string, mode: Mode): Tensor => {
  if (mode.key === undefined)
    throw new GradError(
      `${name}: a random key is required while training, got none. Pass { train: true, key }.`,
    )
  return mode.key
}
