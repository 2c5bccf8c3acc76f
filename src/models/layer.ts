import type { Shape } from '../graph/aval.js'
import type { Tensor } from '../graph/tensor.js'

/**
 * Told of every layer that is applied, before it runs: gets its name and parameters, gives what is told of the
 * layers inside it, and what is called with the shape of its output.
 */
export type Observe = (
  name: string,
  params: unknown,
) => { readonly inside: Observe; readonly done: (output: Shape) => void }

export type ApplyOptions = {
  /** Whether this is a training step (false): dropout drops, batch normalisation uses and collects batch statistics. */
  readonly train?: boolean
  /** Randomness for the layers that want it, in training. */
  readonly key?: Tensor
  /** @internal */
  readonly observe?: Observe
}

/**
 * A layer, or a whole model: a pair of pure functions over a tree of parameters P, which gradients are taken of, and
 * a tree of state S, which is not trained (running statistics; `null` where there is none). Made by `defineLayer`.
 */
export interface Layer<P, S> {
  /** For messages and `summary`: `linear(784, 128)`. */
  readonly name: string
  /**
   * First parameters and state.
   * @param inputShape lets the layers check that they fit; those that state their sizes don't need it
   */
  init(key: Tensor, inputShape?: Shape): { readonly params: P; readonly state: S }
  /** The output and the next state. */
  apply(params: P, state: S, x: Tensor, options?: ApplyOptions): readonly [y: Tensor, state: S]
}

/** A layer without state. */
export interface StatelessLayer<P> extends Layer<P, null> {
  /** The output alone. */
  call(params: P, x: Tensor, options?: ApplyOptions): Tensor
}

/** What `sequential` takes: layers, and functions without parameters. */
export type Part = Layer<unknown, unknown> | ((x: Tensor) => Tensor)

export type ParamsOf<T> = T extends { init(key: Tensor): { readonly params: infer P } } ? P : null

export type StateOf<T> = T extends { init(key: Tensor): { readonly state: infer S } } ? S : null

/**
 * A layer from its functions.
 * @example
 * ```ts
 * const counting = nn.defineLayer({
 *   name: 'counting',
 *   init: () => ({ params: null, state: np.array(0) }),
 *   apply: (_params, calls, x) => [x, calls.add(1)],
 * })
 * const { params, state } = counting.init(random.key(0))
 * counting.apply(params, state, np.array([1]))[1].item() // => 1
 * ```
 */
export const defineLayer = <P, S>(layer: Layer<P, S>): Layer<P, S> => ({
  name: layer.name,
  init: (key, inputShape) => layer.init(key, inputShape),
  apply(params, state, x, options = {}) {
    const visit = options.observe?.(layer.name, params)
    const result = layer.apply(
      params,
      state,
      x,
      visit === undefined ? options : { ...options, observe: visit.inside },
    )
    visit?.done(result[0].shape)
    return result
  },
})

/**
 * A layer without state, from its functions.
 * @example
 * ```ts
 * const gain = nn.defineStateless({
 *   name: 'gain',
 *   init: () => ({ by: np.array(2) }),
 *   call: ({ by }, x) => x.mul(by),
 * })
 * gain.call(gain.init(random.key(0)).params, np.array([3])) // => [6]
 * ```
 */
export const defineStateless = <P>(layer: {
  readonly name: string
  readonly init: (key: Tensor, inputShape?: Shape) => P
  readonly call: (params: P, x: Tensor, options: ApplyOptions) => Tensor
}): StatelessLayer<P> => {
  const whole = defineLayer<P, null>({
    name: layer.name,
    init: (key, inputShape) => ({ params: layer.init(key, inputShape), state: null }),
    apply: (params, state, x, options = {}) => [layer.call(params, x, options), state],
  })
  return { ...whole, call: (params, x, options) => whole.apply(params, null, x, options)[0] }
}

/** Whether the layer has no state. */
export const isStateless = <P>(layer: Layer<P, unknown>): layer is StatelessLayer<P> => 'call' in layer

/**
 * A function without parameters as a layer; `sequential` does this by itself.
 * @param name for messages and `summary`; the function's own by default
 * @example
 * ```ts
 * nn.activation(nn.relu).name // => 'relu'
 * ```
 */
export const activation = (f: (x: Tensor) => Tensor, name = f.name || 'function'): StatelessLayer<null> =>
  defineStateless({ name, init: () => null, call: (_params, x) => f(x) })
