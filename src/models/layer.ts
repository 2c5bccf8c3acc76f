import { describe } from '../graph/describe.js'
import { leafCount, requireSameTree, type TreeDef, treeKey } from '../graph/pytree.js'
import { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { structure } from '../graph/tree.js'
import { GradError } from '../ir/errors.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { key } from '../random/key.js'
import { within } from './within.js'

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

/** `call` of a layer that is more than a function: types don't have it, and callers without types are told. */
const refusedCall = (name: string) =>
  Object.assign(
    (): never => {
      throw new GradError(
        `${name}: apply is required of a layer that has state or draws while training, got call. Use apply(params, state, x, mode).`,
      )
    },
    { refused: true },
  )

/** @internal */
export const hasCall = (layer: AnyLayer): boolean =>
  'call' in layer && !Object.hasOwn(layer.call as object, 'refused')

/** @throws GradError, TreeMismatchError unless a tree has the structure that init gave it; none is as good as another without leaves */
const requireLike = (name: string, what: 'params' | 'state', required: TreeDef, given: unknown): void => {
  const wanted = `${name}: ${what === 'params' ? 'parameters are' : 'a state is'} required, got`
  if (given === undefined) throw new GradError(`${wanted} undefined. Pass \`.${what}\` of what init gave.`)
  const got = structure(given)
  if (leafCount(required) + leafCount(got) === 0 || treeKey(required) === treeKey(got)) return
  if (typeof given === 'object' && given !== null && 'params' in given && 'state' in given)
    throw new GradError(`${wanted} params and state. Pass \`.${what}\` of them.`)
  requireSameTree(`${name}: ${what}`, required, got)
}

type Apply<P, S> = Layer<P, S>['apply']

/**
 * A layer that looks at what it is given, and whose name begins the errors of all that it does. `parts` name themselves.
 * @throws GradError, TreeMismatchError on parameters or a state of another structure than init's, and without a mode
 * @internal
 */
export const layer = <P, S>(
  name: string,
  init: (key: Tensor) => Variables<P, S>,
  apply: Apply<P, S>,
  parts?: readonly Part[],
): Layer<P, S> => {
  let structures: Variables<TreeDef, TreeDef> | undefined
  const start = (seed: Tensor): Variables<P, S> => {
    const variables = init(seed)
    structures ??= { params: structure(variables.params), state: structure(variables.state) }
    return variables
  }
  const required = (): Variables<TreeDef, TreeDef> => {
    const seed = key(0)
    // traced: nothing is drawn
    if (structures === undefined)
      trace(
        name,
        [seed.aval],
        ([k]) => {
          start(k)
          return []
        },
        [seed],
      )
    return structures as Variables<TreeDef, TreeDef>
  }
  const checked: Apply<P, S> = (params, state, x, mode) => {
    const own = required()
    requireLike(name, 'params', own.params, params)
    requireLike(name, 'state', own.state, state)
    if (mode === undefined)
      throw new GradError(
        `${name}: a mode is required, got undefined. Pass { train: true } or { train: false }.`,
      )
    const [y, next] = apply(params, state, parts === undefined ? toTensor(x) : x, mode)
    if (!(y instanceof Tensor))
      throw new GradError(`${name}: a tensor is required as result, got ${describe(y)}.`)
    return [y, next]
  }
  const named: Apply<P, S> = (...args) => within(name, () => checked(...args), true)
  return {
    name,
    init: start,
    apply: parts === undefined ? named : checked,
    ...(parts === undefined ? {} : { parts }),
    ...{ call: refusedCall(name) },
  }
}

/** `apply` as `call`, for a layer without state or randomness. @internal */
export const withCall = <P, S>(l: Layer<P, S>, state: S): Layer<P, S> & Pick<StatelessLayer<P>, 'call'> => ({
  ...l,
  call: (params, x) => l.apply(params, state, x, { train: false })[0],
})

/** A layer from the function it is; `init` makes its parameters. */
export const stateless = <P>(
  name: string,
  init: (key: Tensor) => P,
  call: (params: P, x: Tensor) => Tensor,
): StatelessLayer<P> =>
  withCall(
    layer<P, null>(
      name,
      (seed) => ({ params: init(seed), state: null }),
      (params, _state, x) => [call(params, x), null],
    ),
    null,
  )

/** @throws GradError naming the layer that needs a key */
export const requireKey = (name: string, mode: Mode): Tensor => {
  if (mode.key === undefined)
    throw new GradError(
      `${name}: a random key is required while training, got none. Pass { train: true, key }.`,
    )
  return mode.key
}
