import { describe } from '../graph/describe.js'
import { flatten, isLeaf, leafCount, requireSameTree, type TreeDef, treeKey } from '../graph/pytree.js'
import { Tensor, type TensorLike } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { structure } from '../graph/tree.js'
import { GradError } from '../ir/errors.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { key } from '../random/key.js'
import { within } from './layerName.js'

/**
 * The way that layers are run, which they get besides their input. A value that a layer computes with (a mask, a time, an earlier carry)
 * is part of its input.
 */
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
 * that the next call should get. Most layers are from tensor to tensor, and these can be put in sequence; others take or give
 * trees of tensors, such as `{ query, key, value }` or `[outputs, carry]`.
 */
export type Layer<P, S = null, In = Tensor, Out = Tensor> = {
  /** For summaries and errors: `linear(784, 128)`. */
  readonly name: string
  readonly init: (key: Tensor) => Variables<P, S>
  readonly apply: (params: P, state: S, x: In, mode: Mode) => [Out, S]
  /** The layers that this one is made of, for summaries. */
  readonly parts?: readonly Part[]
}

/** A layer without state or randomness, whose `call` is all of it. */
export type StatelessLayer<P, In = Tensor, Out = Tensor> = Layer<P, null, In, Out> & {
  readonly call: (params: P, x: In) => Out
}

/** A layer with parameters and state of any type. */
export type AnyLayer<In = Tensor, Out = Tensor> = {
  readonly name: string
  readonly init: (key: Tensor) => Variables<unknown, unknown>
  readonly apply: (params: never, state: never, x: In, mode: Mode) => readonly [Out, unknown]
  readonly parts?: readonly Part[]
}

/** A layer inside another, as a summary sees it. */
export type Part = {
  /** The key of its parameters and state in those of the whole layer. */
  readonly key: string
  /** Whether rows of a summary say the key. */
  readonly labelled: boolean
  readonly layer: AnyLayer
  /** Its input: the output of the part before it, or the input of the layer that holds it. */
  readonly input: 'previous' | 'enclosing'
}

/** `call` of a layer that is more than a function: types don't have it, and this tells callers without types. */
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
export const hasCall = (layer: object): boolean =>
  'call' in layer && !Object.hasOwn(layer.call as object, 'refused')

/** @throws GradError, TreeMismatchError unless a tree has the structure that init gave it; all trees without leaves are alike */
const requireLike = (name: string, what: 'params' | 'state', required: TreeDef, given: unknown): void => {
  const wanted = `${name}: ${what === 'params' ? 'parameters are' : 'a state is'} required, got`
  if (given === undefined) throw new GradError(`${wanted} undefined. Pass \`.${what}\` of what init gave.`)
  const got = structure(given)
  if (leafCount(required) + leafCount(got) === 0 || treeKey(required) === treeKey(got)) return
  if (typeof given === 'object' && given !== null && 'params' in given && 'state' in given)
    throw new GradError(`${wanted} params and state. Pass \`.${what}\` of them.`)
  requireSameTree(`${name}: ${what}`, required, got)
}

type Apply<P, S, In, Out> = Layer<P, S, In, Out>['apply']

/** A value that can be a tensor as one; the layer itself must understand a tree. @throws DTypeError on anything else */
const inputOf = <In>(x: In): In =>
  isLeaf(x) || typeof x !== 'object' || x === null ? (toTensor(x as TensorLike) as In) : x

/** @throws GradError where a layer does not understand a tree, such as numbers without np.array */
const withInput = <T>(name: string, x: unknown, run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof TypeError) || isLeaf(x)) throw cause
    throw new GradError(
      `${name}: a tensor, or a tree that it takes, is required, got ${describe(x)} (${cause.message}). Use np.array.`,
      { cause },
    )
  }
}

/** @throws GradError, TreeMismatchError unless a layer gave a tensor or a tree of them */
const requireTensors = (name: string, y: unknown): void => {
  if (y instanceof Tensor) return
  const { leaves, paths } = flatten(y)
  const other = leaves.findIndex((leaf) => !(leaf instanceof Tensor))
  if (other < 0 && leaves.length > 0) return
  const got = paths[other] ? `${describe(leaves[other])} at ${paths[other]}` : describe(y)
  throw new GradError(`${name}: a tensor or a tree of tensors is required as result, got ${got}.`)
}

/**
 * A layer of one's own, from its name (for summaries and errors), the function that makes its parameters and state, and its `apply`. It
 * takes and gives a tensor, or trees of tensors where `apply` says so. Without state or use of the mode, `nn.stateless` is shorter. Errors in
 * it begin with its name; parameters and states of another structure than init's are refused.
 * @param parts the layers that it is made of, for summaries; they name themselves in errors
 * @throws GradError, TreeMismatchError from `apply`, on parameters or a state of another structure than init's, without a mode, and where
 * the result is not `[output, state]`
 * @example
 * ```ts
 * const meanSoFar = nn.layer(
 *   'meanSoFar',
 *   () => ({ params: null, state: { sum: np.array(0), count: np.array(0) } }),
 *   (_params, { sum, count }, x: Tensor, { train }) => {
 *     const next = train ? { sum: sum.add(x.mean()), count: count.add(1) } : { sum, count }
 *     return [x.sub(next.sum.div(np.maximum(next.count, 1))), next]
 *   },
 * )
 * const { params, state } = meanSoFar.init(random.key(0))
 * const [y, next] = meanSoFar.apply(params, state, np.array([1, 3]), { train: true })
 * y // => [-1, 1]
 * next.count // => 1
 * meanSoFar.apply(params, next, np.array([4]), { train: false })[0] // => [2]
 * ```
 */
export const layer = <P, S = null, In = Tensor, Out = Tensor>(
  name: string,
  init: (key: Tensor) => Variables<P, S>,
  apply: Apply<P, S, In, Out>,
  parts?: readonly Part[],
): Layer<P, S, In, Out> => {
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
  const checked: Apply<P, S, In, Out> = (params, state, x, mode) => {
    const own = required()
    requireLike(name, 'params', own.params, params)
    requireLike(name, 'state', own.state, state)
    if (mode === undefined)
      throw new GradError(
        `${name}: a mode is required, got undefined. Pass { train: true } or { train: false }.`,
      )
    const result = withInput(name, x, () => apply(params, state, parts === undefined ? inputOf(x) : x, mode))
    if (!Array.isArray(result))
      throw new GradError(`${name}: [output, state] is required of apply, got ${describe(result)}.`)
    requireTensors(name, result[0])
    return result
  }
  const named: Apply<P, S, In, Out> = (...args) => within(name, () => checked(...args), true)
  return {
    name,
    init: start,
    apply: parts === undefined ? named : checked,
    ...(parts === undefined ? {} : { parts }),
    ...{ call: refusedCall(name) },
  }
}

/** `apply` as `call`, for a layer without state or randomness. @internal */
export const withCall = <P, S, In, Out>(
  l: Layer<P, S, In, Out>,
  state: S,
): Layer<P, S, In, Out> & Pick<StatelessLayer<P, In, Out>, 'call'> => ({
  ...l,
  call: (params, x) => l.apply(params, state, x, { train: false })[0],
})

/**
 * A layer of one's own without state or randomness, from its name, the function that makes its parameters, and its `call`, a function of
 * a tensor, or of a tree of tensors where its type says so.
 * @throws GradError, TreeMismatchError from `call`, on parameters of another structure than init's, and a result that is not made of tensors
 * @example
 * ```ts
 * const scale = (features: number) =>
 *   nn.stateless(`scale(${features})`, () => ({ weight: np.ones([features]) }), ({ weight }, x) => x.mul(weight))
 * const model = nn.sequential({ scale: scale(2), fc: nn.linear(2, 1) })
 * const { params } = model.init(random.key(0))
 * tree.paths(params) // => ['fc.bias', 'fc.weight', 'scale.weight']
 * scale(2).call(params.scale, np.array([3, 4])) // => [3, 4]
 *
 * const distance = nn.stateless(
 *   'distance',
 *   () => null,
 *   (_params, { from, to }: { from: Tensor; to: Tensor }) => to.sub(from).square().sum().sqrt(),
 * )
 * distance.call(null, { from: np.array([0, 0]), to: np.array([3, 4]) }) // => 5
 * ```
 */
export const stateless = <P, In = Tensor, Out = Tensor>(
  name: string,
  init: (key: Tensor) => P,
  call: (params: P, x: In) => Out,
): StatelessLayer<P, In, Out> =>
  withCall(
    layer<P, null, In, Out>(
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
