import type { Shape } from '../aval.js'
import type { DType } from '../dtype.js'
import type { BufferId, Expr, Load } from './expr.js'

export type BufferSpec = { readonly shape: Shape; readonly dtype: DType }

/**
 * One reduction over a tuple of running values. At every point of the reduced axes `element` is
 * evaluated and joined by `combine`, an associative expression over `acc` and `elem` slots.
 */
export type Reduction = {
  readonly extents: Shape
  readonly init: readonly { readonly value: number; readonly dtype: DType }[]
  readonly element: readonly Expr[]
  readonly combine: readonly Expr[]
}

/** A loop nest over `space` that writes one element of each output at each point, densely in row-major order. */
export type Kernel = {
  readonly kind: 'kernel'
  readonly name: string
  readonly space: Shape
  readonly reduction: Reduction | null
  readonly outputs: readonly { readonly buffer: BufferId; readonly value: Expr }[]
}

/**
 * `out[b…, m…, n…] = Σ_k lhs[b…, m…, k…] · rhs[b…, n…, k…]`. The operands' views are over the axes in that
 * order; a convolution is a contraction whose left view overlaps itself.
 */
export type Contract = {
  readonly kind: 'contract'
  readonly name: string
  readonly batch: Shape
  readonly m: Shape
  readonly n: Shape
  readonly k: Shape
  readonly lhs: Load
  readonly rhs: Load
  readonly output: BufferId
}

/** Work that is not a loop nest of scalar expressions; a backend runs it by name, on dense buffers. */
export type HostRoutine =
  | {
      readonly routine: 'cumulative'
      readonly op: 'add' | 'mul' | 'max' | 'min'
      readonly axis: number
      readonly reverse: boolean
    }
  /** inputs: accumulator, one int32 index array an axis, updates `[...index shape, ...remaining axes]`. */
  | { readonly routine: 'scatterAdd'; readonly axes: readonly number[] }

export type HostStep = {
  readonly kind: 'host'
  readonly name: string
  readonly call: HostRoutine
  readonly inputs: readonly BufferId[]
  readonly outputs: readonly BufferId[]
}

export type Step = Kernel | Contract | HostStep

/** What a backend compiles: steps over buffers. Inputs are dense; every output is written by some step. */
export type Program = {
  readonly buffers: readonly BufferSpec[]
  readonly inputs: readonly BufferId[]
  readonly steps: readonly Step[]
  readonly outputs: readonly BufferId[]
}
