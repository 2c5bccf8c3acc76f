import type { Shape } from '../graph/aval.js'
import { ShapeError, TreeMismatchError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { foldIn } from '../random/foldIn.js'
import {
  type ApplyOptions,
  activation,
  defineLayer,
  defineStateless,
  isStateless,
  type Layer,
  type ParamsOf,
  type Part,
  type StatelessLayer,
  type StateOf,
} from './layer.js'
import { outputShape } from './outputShape.js'

/** A list of the parts' parameters: `null` for those that have none. */
export type SequentialParams<Ls extends readonly Part[]> = { readonly [K in keyof Ls]: ParamsOf<Ls[K]> }

/** A list of the parts' states; `null` if none has any. */
export type SequentialState<Ls extends readonly Part[]> = [StateOf<Ls[number]>] extends [null]
  ? null
  : { readonly [K in keyof Ls]: StateOf<Ls[K]> }

export type Sequential<Ls extends readonly Part[]> = [StateOf<Ls[number]>] extends [null]
  ? StatelessLayer<SequentialParams<Ls>>
  : Layer<SequentialParams<Ls>, SequentialState<Ls>>

type AnyLayer = Layer<unknown, unknown>

/**
 * Layers and functions one after the other. Parameters are the list of theirs, so that the second layer's weight is
 * named `1.weight`, as in PyTorch. Part i is initialised with the i-th key of a split, and gets the i-th of the key
 * it is applied with.
 * @throws ShapeError naming the part that does not fit
 * @example
 * ```ts
 * const model = nn.sequential(nn.linear(784, 128), nn.relu, nn.linear(128, 10))
 * const { params } = model.init(random.key(0))
 * tree.paths(params) // => ['0.bias', '0.weight', '2.bias', '2.weight']
 * model.call(params, np.zeros([32, 784])).shape // => [32, 10]
 * ```
 */
export function sequential<Ls extends readonly Part[]>(...parts: Ls): Sequential<Ls>
export function sequential(...parts: readonly Part[]): AnyLayer {
  const layers = parts.map((part): AnyLayer => (typeof part === 'function' ? activation(part) : part))
  const noStates = layers.map(() => null)
  if (layers.every(isStateless)) {
    return defineStateless<readonly unknown[]>({
      name: 'sequential',
      init: (key, inputShape) => initAll(layers, key, inputShape).params,
      call: (params, x, options) => applyAll(layers, params, noStates, x, options)[0],
    })
  }
  return defineLayer<readonly unknown[], readonly unknown[]>({
    name: 'sequential',
    init: (key, inputShape) => initAll(layers, key, inputShape),
    apply: (params, states, x, options = {}) => applyAll(layers, params, states, x, options),
  })
}

type All = { readonly params: readonly unknown[]; readonly state: readonly unknown[] }

const initAll = (layers: readonly AnyLayer[], key: Tensor, inputShape: Shape | undefined): All => {
  let shape = inputShape
  const made = layers.map((layer, i) => {
    const { params, state } = layer.init(foldIn(key, i), shape)
    if (shape !== undefined) {
      shape = located(layer, i, () =>
        outputShape(layer.name, shape as Shape, (x) => layer.apply(params, state, x)[0]),
      )
    }
    return { params, state }
  })
  return { params: made.map((m) => m.params), state: made.map((m) => m.state) }
}

const applyAll = (
  layers: readonly AnyLayer[],
  params: readonly unknown[],
  states: readonly unknown[],
  x: Tensor,
  options: ApplyOptions,
): readonly [Tensor, readonly unknown[]] => {
  requireOneEach('parameters', layers, params)
  requireOneEach('states', layers, states)
  const { key } = options
  let y = x
  const next = layers.map((layer, i) => {
    const own = key === undefined ? options : { ...options, key: foldIn(key, i) }
    const [out, state] = located(layer, i, () => layer.apply(params[i], states[i], y, own))
    y = out
    return state
  })
  return [y, next]
}

const requireOneEach = (what: string, layers: readonly AnyLayer[], values: readonly unknown[]): void => {
  if (Array.isArray(values) && values.length === layers.length) return
  const got = Array.isArray(values) ? String(values.length) : typeof values
  throw new TreeMismatchError(
    `sequential: the ${what} of ${layers.length} layers (${layers.map((l) => l.name).join(', ')}) are required, got ${got}. Make them with init(key) of the same model.`,
  )
}

/** Runs a part of the model; its shape errors say which part it was. */
const located = <T>(layer: AnyLayer, index: number, body: () => T): T => {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    const what = error.message.startsWith(layer.name) ? error.message : `${layer.name}: ${error.message}`
    throw new ShapeError(`sequential[${index}] ${what}`, { cause: error })
  }
}
