import { GradError } from '../graph/errors.js'
import { Tensor } from '../graph/tensor.js'
import { foldIn } from '../random/foldIn.js'
import { activation } from './activations.js'
import type { Layer, Mode, Part, StatelessLayer } from './layer.js'

/** Something with the parameters and state of a layer, of whatever type. */
type SomeLayer = {
  readonly name: string
  readonly init: (key: Tensor) => { readonly params: unknown; readonly state: unknown }
  readonly apply: (params: never, state: never, x: Tensor, mode: Mode) => readonly [Tensor, unknown]
}

/** What `sequential` takes: layers, or functions of a tensor. */
export type Stage = SomeLayer | ((x: Tensor) => Tensor)

type InitOf<L> = L extends { readonly init: (key: Tensor) => infer V }
  ? V
  : { readonly params: null; readonly state: null }

/** One entry a stage. */
export type ParamsOf<L extends readonly Stage[]> = {
  readonly [I in keyof L]: InitOf<L[I]> extends { readonly params: infer P } ? P : never
}
export type StateOf<L extends readonly Stage[]> = {
  readonly [I in keyof L]: InitOf<L[I]> extends { readonly state: infer S } ? S : never
}

/** Whether every stage is a function or a stateless layer. */
type IsStateless<L extends readonly Stage[]> = L[number] extends
  | ((x: Tensor) => Tensor)
  | { readonly call: (params: never, x: Tensor) => Tensor }
  ? true
  : false

/** A sequence of stateless stages is stateless itself: it has `call`, and a state of nulls. */
export type Sequential<L extends readonly Stage[]> = Layer<ParamsOf<L>, StateOf<L>> &
  (IsStateless<L> extends true ? Pick<StatelessLayer<ParamsOf<L>>, 'call'> : unknown)

/**
 * Stages one after the other. Parameters and state are arrays with one entry a stage (`null` for functions);
 * stage i gets the key `foldIn(key, i)`.
 * @example
 * ```ts
 * const model = nn.sequential(nn.linear(4, 8), nn.relu, nn.linear(8, 2))
 * const { params } = model.init(random.key(0))
 * model.call(params, np.zeros([3, 4])).shape // => [3, 2]
 * ```
 */
export const sequential = <const L extends readonly Stage[]>(...stages: L): Sequential<L> => {
  const layers = stages.map(
    (s, i): SomeLayer =>
      typeof s === 'function' ? activation(s, s.name === '' ? `function ${i}` : s.name) : s,
  )
  const name = `sequential(${layers.map((l) => l.name).join(', ')})`
  const runPart =
    (layer: SomeLayer): Part['run'] =>
    (params, state, x, mode) =>
      layer.apply(params as never, state as never, x, mode)[0]
  const init = (key: Tensor) => {
    const variables = layers.map((l, i) => l.init(foldIn(key, i)))
    return { params: variables.map((v) => v.params), state: variables.map((v) => v.state) }
  }
  const apply = (
    params: readonly unknown[],
    state: readonly unknown[] | null,
    x: Tensor,
    mode: Mode,
  ): [Tensor, unknown[]] => {
    let y = x
    const next = layers.map((l, i) => {
      const own = mode.key === undefined ? mode : { ...mode, key: foldIn(mode.key, i) }
      const [out, after] = l.apply(params[i] as never, (state?.[i] ?? null) as never, y, own)
      if (!(out instanceof Tensor))
        throw new GradError(`${l.name}: a tensor is required as result, got ${typeof out}.`)
      y = out
      return after
    })
    return [y, next]
  }
  const model = {
    name,
    init,
    apply,
    parts: layers.map((l) => ({ name: l.name, run: runPart(l) })),
    ...(stages.every((s) => typeof s === 'function' || 'call' in s)
      ? { call: (params: readonly unknown[], x: Tensor) => apply(params, null, x, { train: false })[0] }
      : {}),
  }
  return model as object as Sequential<L> // the arrays above have one entry a stage, which TypeScript can't see
}
