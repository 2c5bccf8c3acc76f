import type { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { foldIn } from '../random/foldIn.js'
import { type Layer, layer, type Mode, type Part, type StatelessLayer, withCall } from './layer.js'
import { type NamedParams, type NamedStages, type NamedState, packNamed } from './named.js'
import {
  applyStage,
  isStateless,
  type Stage,
  type StageParams,
  type StageState,
  type StatelessStage,
  toLayer,
} from './stage.js'

/** One entry a stage. */
export type ParamsOf<L extends readonly Stage[]> = { readonly [I in keyof L]: StageParams<L[I]> }
export type StateOf<L extends readonly Stage[]> = { readonly [I in keyof L]: StageState<L[I]> }

/** A sequence of stateless stages is stateless itself: it has `call`. */
type WithCall<S, P> = [S] extends [StatelessStage] ? Pick<StatelessLayer<P>, 'call'> : unknown

/** Stages in order. */
export type Sequential<L extends readonly Stage[]> = Layer<ParamsOf<L>, StateOf<L>> &
  WithCall<L[number], ParamsOf<L>>

/** Stages in order, with names. */
export type NamedSequential<L extends NamedStages> = Layer<NamedParams<L>, NamedState<L>> &
  WithCall<L[keyof L], NamedParams<L>>

/**
 * Stages one after the other, in order or by name. By name, parameters are those of a PyTorch module with members of these names:
 * `{ conv1: { weight, bias }, … }`, without the names of stages that have none, and so is the state; without names, both are
 * arrays with one entry a stage (`null` for functions). The stage at position i gets the key `foldIn(key, i)`.
 * @throws GradError on a name that is a number (JavaScript would move it to the front) or has a dot (paths could not be told apart)
 * @example
 * ```ts
 * const model = nn.sequential(nn.linear(4, 8), nn.relu, nn.linear(8, 2))
 * const { params } = model.init(random.key(0))
 * model.call(params, np.zeros([3, 4])).shape // => [3, 2]
 *
 * const named = nn.sequential({ fc1: nn.linear(4, 8), relu: nn.relu, fc2: nn.linear(8, 2) })
 * const start = named.init(random.key(0)).params
 * tree.paths(start) // => ['fc1.bias', 'fc1.weight', 'fc2.bias', 'fc2.weight']
 * start.fc2.weight.shape // => [2, 8]
 * named.call(start, np.zeros([3, 5])) // => throws ShapeError: fc1: linear(4, 8): a last axis of 4 is required
 * ```
 */
export function sequential<const L extends NamedStages>(stages: L): NamedSequential<L>
export function sequential<const L extends readonly Stage[]>(...stages: L): Sequential<L>
export function sequential(...args: readonly Stage[] | readonly [NamedStages]): object {
  if (!isNamed(args))
    return inOrder(
      false,
      args.map((_, i) => String(i)),
      args,
    )
  const names = Object.keys(args[0])
  for (const name of names)
    if (/^\d*$|\./.test(name))
      throw new GradError(`sequential: names without dots that are not numbers are required, got '${name}'.`)
  return inOrder(true, names, Object.values(args[0]))
}

const isNamed = (args: readonly Stage[] | readonly [NamedStages]): args is readonly [NamedStages] =>
  args.length === 1 && typeof args[0] === 'object' && args[0] !== null && typeof args[0].name !== 'string'

/** Names are the keys of parameters; without them, positions are. */
const inOrder = (named: boolean, keys: readonly string[], stages: readonly Stage[]): object => {
  const places = named ? keys : keys.map((key) => `sequential[${key}]`)
  const layers = stages.map((s, i) =>
    toLayer(s, named ? keys[i] : `function ${i}`, named ? `sequential.${keys[i]}` : places[i]),
  )
  const pack = (values: readonly unknown[]): unknown => (named ? packNamed(keys, values) : values)
  const apply = (params: unknown, state: unknown, x: Tensor, mode: Mode): [Tensor, unknown] => {
    let y = x
    const next = layers.map((part, i) => {
      const [out, after] = applyStage(part, [i, keys[i], places[i]], params, state, y, mode)
      y = out
      return after
    })
    return [y, pack(next)]
  }
  const model = layer<unknown, unknown>(
    'sequential',
    (key) => {
      const variables = layers.map((l, i) => l.init(foldIn(key, i)))
      return { params: pack(variables.map((v) => v.params)), state: pack(variables.map((v) => v.state)) }
    },
    apply,
    layers.map((part, i): Part => ({ key: keys[i], labelled: named, layer: part, input: 'previous' })),
  )
  return stages.every(isStateless) ? withCall(model, null) : model
}
