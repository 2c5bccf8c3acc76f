import type { Aval } from '../ir/aval.js'
import type { Effect, Graph } from './graph.js'
import type { Lowering } from './lowering.js'
import type { Tensor } from './tensor.js'

/** A tangent or cotangent that is known to be zero; nothing computes with it. */
export class Zero {
  readonly kind = 'zero'
  constructor(readonly aval: Aval) {}
}

export type Tangent = Tensor | Zero

export const isZero = (t: Tangent): t is Zero => t instanceof Zero

/** Stands for an operand that an equation is linear in, whose value is not known in a transposition. */
export class LinearOperand {
  readonly kind = 'linear'
  constructor(readonly aval: Aval) {}
}

export type Operand = Tensor | LinearOperand

export const isLinear = (o: Operand): o is LinearOperand => o instanceof LinearOperand

/**
 * The transforms of graphs, handed to the rules of primitives that hold sub-graphs, so that `ops`
 * depends on `graph` alone. All are memoised by the graph's identity.
 */
export interface Derive {
  /** `(primals, nonzero tangents) → (outputs, nonzero tangents out)`; masks say which are nonzero. */
  jvp(
    graph: Graph,
    nonzeroIn: readonly boolean[],
  ): { readonly graph: Graph; readonly nonzeroOut: readonly boolean[] }
  /**
   * `forward: inputs → (outputs, residuals)`; `linear: (all residuals, nonzero tangents) → nonzero tangents out`.
   * Residuals that are inputs or outputs of the graph are named by `residuals`, not returned twice.
   */
  linearize(graph: Graph, nonzeroIn: readonly boolean[]): Linearized
  /** `(nonlinear inputs, nonzero cotangents) → cotangents of the linear inputs that are nonzero`. */
  transpose(
    graph: Graph,
    linearIn: readonly boolean[],
    nonzeroCts: readonly boolean[],
  ): { readonly graph: Graph; readonly nonzeroOut: readonly boolean[] }
  /** The name of the axis that is being batched, if `vmap` gave it one. */
  readonly axisName: string | null
  /** Batched inputs and outputs have the batch axis first. `outputs`: also broadcast those that need none. */
  batch(
    graph: Graph,
    size: number,
    batched: readonly boolean[],
    outputs?: 'asNeeded' | 'all',
  ): { readonly graph: Graph; readonly batched: readonly boolean[] }
  /** A closed graph traced from `f`, which uses `from` and no other value; made once for `from` and `key`. */
  stage(
    from: Graph,
    key: string,
    avals: readonly Aval[],
    f: (args: readonly Tensor[]) => readonly Tensor[],
  ): Graph
}

/** The source of a residual: an input or output of the primal graph, or an extra output of `forward`. */
export type Residual = { readonly from: 'input' | 'output' | 'extra'; readonly index: number }

export type Linearized = {
  readonly forward: Graph
  readonly linear: Graph
  readonly residuals: readonly Residual[]
  readonly nonzeroOut: readonly boolean[]
}

/** Makes a rule bivariant in its parameters, so that primitives of different params fit in one list. */
type Rule<F extends (...args: never[]) => unknown> = {
  bivariant(...args: Parameters<F>): ReturnType<F>
}['bivariant']

/** Contribution of one operand's tangent to the (only) output's tangent; never called with a zero. */
export type OperandJvp<P> = Rule<(dx: Tensor, primals: readonly Tensor[], out: Tensor, params: P) => Tensor>

export type Differentiated = { readonly outs: readonly Tensor[]; readonly tangents: readonly Tangent[] }

/** The rule for a whole equation: outputs and their tangents. */
export type WholeJvp<P> = Rule<
  (primals: readonly Tensor[], tangents: readonly Tangent[], params: P, derive: Derive) => Differentiated
>

export type TransposeRule<P> = Rule<
  (
    cts: readonly Tangent[],
    operands: readonly Operand[],
    params: P,
    derive: Derive,
  ) => readonly (Tangent | null)[]
>

/** Values, and the mask of those with a batch axis, which is always the first. */
export type Batched = { readonly outs: readonly Tensor[]; readonly batched: readonly boolean[] }

export type BatchRule<P> = Rule<
  (size: number, xs: readonly Tensor[], batched: readonly boolean[], params: P, derive: Derive) => Batched
>

/** An operation's name and all its interpretations. Params are plain data, sub-graphs included. */
export interface Primitive<P extends object> {
  readonly name: string
  /** Shape rule: operands' avals → outputs' avals. Throws ShapeError or DTypeError. */
  readonly abstractEval: Rule<(avals: readonly Aval[], params: P) => readonly Aval[]>
  /**
   * `'zero'`: no tangent; `'linear'`: the tangent is the operation itself on tangents; a list: one rule an
   * operand, summed (`null`: that operand has none); `whole`: the equation at once.
   */
  readonly jvp: 'zero' | 'linear' | readonly (OperandJvp<P> | null)[] | { readonly whole: WholeJvp<P> }
  /** `'fromJvp'`, unless the tangent's equations would have primal work mixed in (sub-graphs). */
  readonly linearize: 'fromJvp' | { readonly whole: WholeJvp<P> }
  /** Cotangents of the linear operands (`null` for the others). */
  readonly transpose: 'nonlinear' | TransposeRule<P>
  /** `'elementwise'`: the operation itself, operands without a batch axis broadcast along it. */
  readonly batch: 'elementwise' | BatchRule<P>
  readonly lower: Rule<(avals: readonly Aval[], params: P, outputs: readonly Aval[]) => Lowering>
  readonly effects?: readonly Effect[]
}

export type AnyPrimitive = Primitive<object>

export type NoParams = Record<never, never>

/** Freezes the record; all fields are required by its type. */
export const definePrimitive = <P extends object>(primitive: Primitive<P>): Primitive<P> =>
  Object.freeze(primitive)

/** Primitives by name. */
export type PrimitiveTable = { readonly [name: string]: AnyPrimitive }
