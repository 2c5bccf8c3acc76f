import { ones, zeros } from '../../functions/numpy/creation.js'
import type { Tensor } from '../../graph/tensor.js'
import type { Shape } from '../../ir/aval.js'
import { add, mul } from '../../ops/elementwise/arithmetic.js'
import { reshape } from '../../ops/movement/reshape.js'

/** The factor and the term of a normalisation, 1 and 0 at first; `null` without `affine`. */
export type Affine<A extends boolean = true> = A extends false
  ? null
  : { readonly weight: Tensor; readonly bias: Tensor }

export type NormalizationOptions<A extends boolean = true> = {
  /** Added to the variance, 1e-5 by default. */
  readonly eps?: number
  /** Whether there is a weight and a bias; true by default. */
  readonly affine?: A
}

/** @internal */
export const initAffine = <A extends boolean>(shape: Shape, affine: A | undefined): Affine<A> =>
  // the type follows from the option's, which TypeScript does not follow through a condition
  (affine === false ? null : { weight: ones(shape), bias: zeros(shape) }) as Affine<A>

/** y·weight + bias, both seen as `shape`, which broadcasts against y. @internal */
export const applyAffine = (params: Affine<boolean>, y: Tensor, shape: Shape): Tensor =>
  params === null ? y : add(mul(y, reshape(params.weight, shape)), reshape(params.bias, shape))
