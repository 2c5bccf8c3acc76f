import { describe } from '../graph/describe.js'
import type { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { activation } from './activations.js'
import { type AnyLayer, hasCall } from './layer.js'

/** What composite layers are made of: layers, or functions of a tensor. */
export type Stage = AnyLayer | ((x: Tensor) => Tensor)

type VariablesOf<L> = L extends { readonly init: (key: Tensor) => infer V }
  ? V
  : { readonly params: null; readonly state: null }

/** The parameters of a stage; a function's are `null`. */
export type StageParams<L> = VariablesOf<L> extends { readonly params: infer P } ? P : never
export type StageState<L> = VariablesOf<L> extends { readonly state: infer S } ? S : never

/** What all stages are of which none has state or randomness. */
export type StatelessStage = ((x: Tensor) => Tensor) | { readonly call: (params: never, x: Tensor) => Tensor }

/** @internal */
export const isStateless = (stage: Stage): boolean => typeof stage === 'function' || hasCall(stage)

/**
 * A stage as a layer; `unnamed` is what a function without a name is called, `place` where it stands.
 * @throws GradError where it is neither, such as a name that was not imported
 * @internal
 */
export const toLayer = (stage: Stage, unnamed: string, place: string): AnyLayer => {
  if (typeof stage === 'function') return activation(stage, stage.name === '' ? unnamed : stage.name)
  if (typeof stage === 'object' && stage !== null && typeof stage.apply === 'function') return stage
  throw new GradError(`${place}: a layer or a function is required, got ${describe(stage)}.`)
}
