import { describe } from '../graph/describe.js'
import { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { foldIn } from '../random/foldIn.js'
import { type AnyLayer, hasCall, type Mode, type StatelessLayer, stateless } from './layer.js'
import { within } from './layerName.js'
import { entryOf } from './named.js'

/** A part of a composite layer: a layer from tensor to tensor, or a function of a tensor. */
export type Stage = AnyLayer | ((x: Tensor) => Tensor)

type VariablesOf<L> = L extends { readonly init: (key: Tensor) => infer V }
  ? V
  : { readonly params: null; readonly state: null }

/** The parameters of a stage; a function's are `null`. */
export type StageParams<L> = VariablesOf<L> extends { readonly params: infer P } ? P : never
export type StageState<L> = VariablesOf<L> extends { readonly state: infer S } ? S : never

/** A stage without state or randomness. */
export type StatelessStage = ((x: Tensor) => Tensor) | { readonly call: (params: never, x: Tensor) => Tensor }

/** @internal */
export const isStateless = (stage: Stage): boolean => typeof stage === 'function' || hasCall(stage)

/** A function of a tensor as a layer without parameters; `sequential` does this to plain functions. */
export const activation = (f: (x: Tensor) => Tensor, name: string = f.name): StatelessLayer<null> =>
  stateless(
    name,
    () => null,
    (_params, x) => f(x),
  )

/**
 * A stage as a layer; `unnamed` is the name for a function without one, `place` the position of the stage for errors.
 * @throws GradError where it is neither, such as a name that was not imported
 * @internal
 */
export const toLayer = (stage: Stage, unnamed: string, place: string): AnyLayer => {
  if (typeof stage === 'function') return activation(stage, stage.name === '' ? unnamed : stage.name)
  if (typeof stage === 'object' && stage !== null && typeof stage.apply === 'function') return stage
  throw new GradError(`${place}: a layer or a function is required, got ${describe(stage)}.`)
}

/**
 * Applies the stage at position i of a composite, whose parameters and state under `key` are its own; errors begin with its place.
 * @throws GradError where it returns anything but a tensor
 * @internal
 */
export const applyStage = (
  stage: AnyLayer,
  [i, key, place]: readonly [position: number, key: string, place: string],
  params: unknown,
  state: unknown,
  x: Tensor,
  mode: Mode,
): readonly [Tensor, unknown] =>
  within(place, () => {
    const own = mode.key === undefined ? mode : { ...mode, key: foldIn(mode.key, i) }
    const result = stage.apply(entryOf(params, key) as never, entryOf(state, key) as never, x, own)
    if (!(result[0] instanceof Tensor))
      throw new GradError(`${stage.name}: a tensor is required as result, got ${describe(result[0])}.`)
    return result
  })
