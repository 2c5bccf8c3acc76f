import type { Shape } from './aval.js'
import type { DType, TypedArray } from './dtype.js'
import type { BufferId, Expr, Load } from './expr.js'
import type { Lineage } from './lineage.js'

export type BufferSpec = { readonly shape: Shape; readonly dtype: DType }

/**
 * Slots of a reduction that are one statistic of the numbers x, the elements of the first of them. The elements and `combine`
 * make it in one pass, from parts; a backend is free to make it in another way.
 */
export type Statistic =
  /** max x, and Σ exp(x − max x). */
  | { readonly kind: 'sumExp'; readonly max: number; readonly sum: number }
  /** Σ x, the count n of the numbers, and Σ (x − Σx/n)². */
  | { readonly kind: 'variance'; readonly sum: number; readonly count: number; readonly spread: number }

/**
 * One reduction over a tuple of running values. At every point of the reduced axes `element` is
 * evaluated and joined by `combine`, an expression over `acc` and `elem` slots that is associative and commutative,
 * with `init` for its identity: backends reduce parts in any order, and begin each with it.
 */
export type Reduction = {
  readonly extents: Shape
  readonly init: readonly { readonly value: number; readonly dtype: DType }[]
  readonly element: readonly Expr[]
  readonly combine: readonly Expr[]
  /** The statistics among its slots, where scheduling has made them. */
  readonly statistics?: readonly Statistic[]
}

/** Joins other elements, results of parts of a reduction say, as it joins its own. They are no longer the numbers of its statistics. */
export const joinedAlike = (
  { init, combine }: Reduction,
  extents: Shape,
  element: readonly Expr[],
): Reduction => ({ extents, init, element, combine })

/** A result of a nest: one element of the buffer at each point of its space, densely in row-major order. */
export type Output = {
  readonly buffer: BufferId
  readonly value: Expr
  /** Why it is in memory; for people. */
  readonly why?: string
}

/** A loop nest over `space`. */
export type Kernel = {
  readonly kind: 'kernel'
  readonly name: string
  /** The equations that it computes; for people. */
  readonly lineage?: Lineage
  readonly space: Shape
  readonly reduction: Reduction | null
  readonly outputs: readonly Output[]
}

/**
 * `acc0 = Σ_k lhs[b…, m…, k…] · rhs[b…, n…, k…]` at each point `[b…, m…, n…]`; the outputs are expressions of it.
 * The operands' views are over the axes in that order; a convolution is a contraction whose left view overlaps itself.
 */
export type Contract = {
  readonly kind: 'contract'
  readonly name: string
  /** The equations that it computes; for people. */
  readonly lineage?: Lineage
  readonly batch: Shape
  readonly m: Shape
  readonly n: Shape
  readonly k: Shape
  readonly lhs: Load
  readonly rhs: Load
  readonly outputs: readonly Output[]
}

/** The space of a contraction's outputs. */
export const spaceOf = ({ batch, m, n }: Contract): Shape => [...batch, ...m, ...n]

/**
 * Work that is not a loop nest of scalar expressions; a backend runs it by name, on dense buffers. An output's
 * buffer has its shape; that of an input may be declared with another shape of as many elements.
 */
export type HostRoutine =
  | {
      readonly routine: 'cumulative'
      readonly op: 'add' | 'mul' | 'max' | 'min'
      readonly axis: number
      readonly reverse: boolean
    }
  /**
   * inputs: x, one int32 index array an axis, updates `[...index shape, ...remaining axes]`. The output is x
   * with each update, in row-major order of the indices, combined with the element that it points at; updates that point outside are left out.
   */
  | {
      readonly routine: 'scatter'
      readonly combine: 'set' | 'add' | 'mul' | 'max' | 'min'
      readonly axes: readonly number[]
    }
  /**
   * Inputs of one shape, sorted together along the axis by the first `keys` of them, the first deciding first.
   * Stable; NaN last, all NaN equal, and −0 equal to 0.
   */
  | { readonly routine: 'sort'; readonly axis: number; readonly keys: number }
  /** Outputs: the k greatest along the last axis, greatest first, and their int32 positions; NaN greatest, then the lower position. */
  | { readonly routine: 'topK'; readonly k: number }
  /** Lower Cholesky factors of matrices on the last two axes, 0 above; NaN where not positive definite. The lower triangles are read. */
  | { readonly routine: 'cholesky' }
  /** inputs: A `[..., n, n]`, B. The output is X with op(A)·X = B, or X·op(A) = B; op(A) is Aᵀ with `transposeA`. One triangle of A is read. */
  | {
      readonly routine: 'triangularSolve'
      readonly leftSide: boolean
      readonly lower: boolean
      readonly transposeA: boolean
      readonly unitDiagonal: boolean
    }
  /** Outputs: L (below the diagonal) and U of P·A, partially pivoted (the first of equal pivots); P as int32 rows of A. */
  | { readonly routine: 'lu' }

export type HostStep = {
  readonly kind: 'host'
  readonly name: string
  readonly call: HostRoutine
  readonly inputs: readonly BufferId[]
  readonly outputs: readonly BufferId[]
}

/**
 * A function of the host's from the inputs' elements, which it neither keeps nor writes to, to those of the outputs.
 * Callbacks run in the order of the steps.
 */
export type Callback = {
  readonly kind: 'callback'
  readonly name: string
  readonly call: HostFunction
  readonly inputs: readonly BufferId[]
  readonly outputs: readonly BufferId[]
}

export type HostFunction = (inputs: readonly TypedArray[]) => readonly TypedArray[]

/**
 * Runs `body` `length` times, from the last slice to the first where `reverse`. The body's inputs are the
 * constants, the carried values, and one slice of each stacked input; its outputs are the next carried values, and one
 * slice of each stacked output. Slices are along the leading axis. The program has one size, however many times it
 * runs.
 */
export type Loop = {
  readonly kind: 'loop'
  readonly name: string
  readonly length: number
  readonly reverse: boolean
  readonly body: Program
  readonly constants: readonly BufferId[]
  readonly initial: readonly BufferId[]
  readonly stackedInputs: readonly BufferId[]
  /** The carried values after the last run. */
  readonly carried: readonly BufferId[]
  readonly stackedOutputs: readonly BufferId[]
}

/** Runs `body` (constants and carried values → carried values) while `condition` gives true. */
export type While = {
  readonly kind: 'while'
  readonly name: string
  readonly condition: Program
  readonly conditionConstants: readonly BufferId[]
  readonly body: Program
  readonly bodyConstants: readonly BufferId[]
  readonly initial: readonly BufferId[]
  readonly carried: readonly BufferId[]
}

/** Runs the one of `branches` that an int32 scalar names; below the first is the first, above the last the last. */
export type Branch = {
  readonly kind: 'branch'
  readonly name: string
  readonly index: BufferId
  readonly branches: readonly Program[]
  readonly inputs: readonly BufferId[]
  readonly outputs: readonly BufferId[]
}

export type Step = Kernel | Contract | HostStep | Callback | Loop | While | Branch

/** The programs within a step. */
export const subPrograms = (step: Step): readonly Program[] => {
  switch (step.kind) {
    case 'loop':
      return [step.body]
    case 'while':
      return [step.condition, step.body]
    case 'branch':
      return step.branches
    default:
      return []
  }
}

/** A program as backends compile it: steps over buffers. Inputs are dense; every output is written by some step. */
export type Program = {
  readonly buffers: readonly BufferSpec[]
  readonly inputs: readonly BufferId[]
  readonly steps: readonly Step[]
  readonly outputs: readonly BufferId[]
}
