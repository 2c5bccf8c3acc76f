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

/** Something with the parameters and state of a layer, of whatever type. */
export type AnyLayer = {
  readonly name: string
  readonly init: (key: Tensor) => Variables<unknown, unknown>
  readonly apply: (params: never, state: never, x: Tensor, mode: Mode) => readonly [Tensor, unknown]
  readonly parts?: readonly Part[]
}

/** A layer inside another, as a summary sees it. */
export type Part = {
  /** Where its parameters and state are in those of the whole. */
  readonly key: string
  /** Whether rows of a summary say the key. */
  readonly labelled: boolean
  readonly layer: AnyLayer
  /** What it is applied to: the output of the part before it, or the input of the whole. */
  readonly input: 'previous' | 'whole'
}

/**
 * @throws GradError where there are none, or the whole result of `init` is given instead of its `params`
 * @internal
 */
export const requireParams = (name: string, params: unknown): void => {
  if (params === undefined)
    throw new GradError(
      `${name}: parameters are required, got undefined. Pass \`.params\` of what init gave.`,
    )
  if (typeof params === 'object' && params !== null && 'params' in params && 'state' in params)
    throw new GradError(`${name}: parameters are required, got params and state. Pass \`.params\` of them.`)
}

/** A layer from the function it is; `init` makes its parameters. */
export const stateless = <P>(
  name: string,
  init: (key: Tensor) => P,
  call: (params: P, x: Tensor) => Tensor,
): StatelessLayer<P> => {
  const checked = (params: P, x: Tensor): Tensor => {
    requireParams(name, params)
    return call(params, x)
  }
  return {
    name,
    init: (key) => ({ params: init(key), state: null }),
    apply: (params, _state, x) => [checked(params, x), null],
    call: checked,
  }
}

/** @throws GradError naming the layer that needs a key */
export const requireKey = (name: string, mode: Mode): Tensor => {
  if (mode.key === undefined)
    throw new GradError(
      `${name}: a random key is required while training, got none. Pass { train: true, key }.`,
    )
  return mode.key
}
