import type { Tensor } from '../graph/tensor.js'
import { formatShape, sameShape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { add } from '../ops/elementwise/arithmetic.js'
import { foldIn } from '../random/foldIn.js'
import { type Layer, layer, type Mode, type StatelessLayer, withCall } from './layer.js'
import { type NamedParams, type NamedState, packNamed } from './named.js'
import { applyStage, isStateless, type Stage, type StatelessStage, toLayer } from './stage.js'

type Branches<B, S> = { readonly body: B; readonly shortcut: S }

/** Stateless if both branches are. */
export type Residual<B extends Stage, S extends Stage> = Layer<
  NamedParams<Branches<B, S>>,
  NamedState<Branches<B, S>>
> &
  ([B | S] extends [StatelessStage] ? Pick<StatelessLayer<NamedParams<Branches<B, S>>>, 'call'> : unknown)

const keys = ['body', 'shortcut'] as const

const identity = (x: Tensor): Tensor => x

/**
 * body(x) + shortcut(x), the shortcut being x itself unless given. Parameters and state are `{ body, shortcut }`, without a branch that has
 * none; the branches get the keys `foldIn(key, 0)` and `foldIn(key, 1)`.
 * @throws ShapeError where the branches' outputs differ in shape: nothing is broadcast
 * @example
 * ```ts
 * const block = nn.residual(nn.sequential(nn.linear(4, 8), nn.relu, nn.linear(8, 4)))
 * const { params } = block.init(random.key(0))
 * block.call(params, np.ones([2, 4])).shape // => [2, 4]
 * nn.residual(np.sin, (x) => x.mul(2)).call(null, np.zeros([3])) // => [0, 0, 0]
 * nn.residual((x) => x.sum()).call(null, np.zeros([3])) // => throws ShapeError: residual: branches of one shape are required, got [] and [3]
 * ```
 * @see He et al.: Deep residual learning for image recognition (2015), eq. 1 and 2
 */
export const residual = <const B extends Stage, const S extends Stage = (x: Tensor) => Tensor>(
  body: B,
  shortcut?: S,
): Residual<B, S> => {
  const stages: readonly Stage[] = [body, shortcut ?? identity]
  const layers = stages.map((s, i) => toLayer(s, keys[i], `residual.${keys[i]}`))
  const apply = (params: unknown, state: unknown, x: Tensor, mode: Mode): [Tensor, unknown] => {
    const [[y, yState], [z, zState]] = layers.map((part, i) =>
      applyStage(part, [i, keys[i], keys[i]], params, state, x, mode),
    )
    if (!sameShape(y.shape, z.shape))
      throw new ShapeError(
        `residual: branches of one shape are required, got ${formatShape(y.shape)} and ${formatShape(z.shape)}. Give a shortcut that makes the body's shape.`,
      )
    return [add(y, z), packNamed(keys, [yState, zState])]
  }
  const model = layer<unknown, unknown>(
    'residual',
    (key) => {
      const variables = layers.map((l, i) => l.init(foldIn(key, i)))
      const pack = (of: 'params' | 'state') =>
        packNamed(
          keys,
          variables.map((v) => v[of]),
        )
      return { params: pack('params'), state: pack('state') }
    },
    apply,
    layers
      .map((part, i) => ({ key: keys[i], labelled: true, layer: part, input: 'enclosing' as const }))
      .slice(0, shortcut === undefined ? 1 : 2),
  )
  const callable = stages.every(isStateless) ? withCall(model, null) : model
  return callable as object as Residual<B, S> // made by name, which TypeScript can't see
}
