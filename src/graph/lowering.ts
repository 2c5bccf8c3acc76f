import type { Shape } from '../ir/aval.js'
import type { Expr } from '../ir/expr.js'
import type { HostFunction, HostRoutine, Reduction } from '../ir/program.js'
import type { AxisMap, Bounded, Position } from '../ir/view.js'
import type { Graph } from './graph.js'

/** Reads operand `index` of the equation at the current point, with its axes mapped or its index computed. */
export type OperandReader = (
  index: number,
  axes: readonly AxisMap[],
  dynamic?: readonly { readonly axis: number; readonly index: Expr }[],
) => Expr

/**
 * Reads operand `index` of the equation at positions made of the nest's indices, one for each of its axes;
 * `fill` where one of them lies outside, or where one of `also` does.
 */
type PositionReader = (
  index: number,
  positions: readonly Position[],
  fill: number,
  also?: readonly Bounded[],
) => Expr

/**
 * The way from a nest's result to the output: its axes in `order`, reshaped to `shape`, cut to the output's shape from
 * `start` on.
 */
export type Arrangement = { readonly order: readonly number[]; readonly shape: Shape; readonly start: Shape }

/** One side of a contraction over windows. */
export type WindowSide = { readonly positions: readonly Position[]; readonly also: readonly Bounded[] }

/** A primitive's description of its computation, before the scheduler decides on kernels and buffers. */
export type Lowering =
  /** Outputs of the operands' common shape, each an expression of the operands at the same point. */
  | { readonly kind: 'elementwise'; readonly values: (operands: readonly Expr[]) => readonly Expr[] }
  /** The operand seen through other axes (`moveAxes`): no work. */
  | { readonly kind: 'move'; readonly shape: Shape; readonly axes: readonly AxisMap[] }
  /** The operand in another shape: no work where strides allow it. */
  | { readonly kind: 'reshape'; readonly shape: Shape }
  /** The first operand surrounded by the second, a scalar: no work where that is a literal. */
  | { readonly kind: 'pad'; readonly low: readonly number[]; readonly high: readonly number[] }
  /** One expression over the output's space, which may read operands anywhere. */
  | { readonly kind: 'indexed'; readonly value: (read: OperandReader, space: Shape) => Expr }
  /** The first operand reduced over `axes` (which come last, in this order, in the element's loop nest). */
  | {
      readonly kind: 'reduce'
      readonly axes: readonly number[]
      readonly init: Reduction['init']
      readonly element: (operand: Expr, reducedAxis: (k: number) => Expr) => readonly Expr[]
      readonly combine: readonly Expr[]
      readonly values: (reduced: readonly Expr[]) => readonly Expr[]
    }
  | {
      readonly kind: 'contract'
      readonly lhs: { readonly batch: readonly number[]; readonly contract: readonly number[] }
      readonly rhs: { readonly batch: readonly number[]; readonly contract: readonly number[] }
    }
  /** Operands read at positions of a nest over `space` and (innermost) `extents`, and reduced over the latter. */
  | {
      readonly kind: 'reduceWindows'
      readonly space: Shape
      readonly extents: Shape
      readonly init: Reduction['init']
      readonly element: (read: PositionReader) => readonly Expr[]
      readonly combine: readonly Expr[]
      readonly values: (reduced: readonly Expr[]) => readonly Expr[]
      readonly result: Arrangement
    }
  /**
   * Σ over `k` of one of the `operands` at positions of `[batch, m, k]` by the other at positions of
   * `[batch, n, k]`, with zeros outside; a nest over `[batch, m, n]`.
   */
  | {
      readonly kind: 'contractWindows'
      readonly operands: readonly [number, number]
      readonly batch: Shape
      readonly m: Shape
      readonly n: Shape
      readonly k: Shape
      readonly lhs: WindowSide
      readonly rhs: WindowSide
      readonly result: Arrangement
    }
  | { readonly kind: 'host'; readonly call: HostRoutine }
  | { readonly kind: 'callback'; readonly call: HostFunction }
  /** `Loop`: the operands are the constants, the initial carried values, and the stacked inputs. */
  | {
      readonly kind: 'loop'
      readonly body: Graph
      readonly constants: number
      readonly carried: number
      readonly length: number
      readonly reverse: boolean
    }
  /** `While`: the operands are the condition's constants, the body's, and the initial values. */
  | {
      readonly kind: 'while'
      readonly condition: Graph
      readonly body: Graph
      readonly conditionConstants: number
      readonly bodyConstants: number
    }
  /** `Branch`: the first operand is the index, the others go to the branch that it names. */
  | { readonly kind: 'branch'; readonly branches: readonly Graph[] }
  /** The same as running a graph in its place. */
  | { readonly kind: 'inline'; readonly graph: Graph }
