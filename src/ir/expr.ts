import type { DType } from './dtype.js'
import {
  type binary,
  type comparisons,
  scalarFunctions,
  type ternary,
  type unary,
} from './scalarFunctions.js'
import type { View } from './view.js'

/** Names a buffer of a program. */
export type BufferId = number

/** Scalar functions of one number. */
export type UnaryOp = keyof typeof unary

/** Scalar functions of two numbers that give `bool`. */
export type ComparisonOp = keyof typeof comparisons

/** Scalar functions of two numbers; comparisons give `bool`, the rest their operands' type. */
export type BinaryOp = keyof typeof binary

type TernaryOp = keyof typeof ternary

export type ScalarOp = UnaryOp | BinaryOp | TernaryOp

/** A term of a load's address that is computed, not affine: `clamp(index, 0, size − 1) · stride`. */
export type DynamicIndex = { readonly index: Expr; readonly size: number; readonly stride: number }

/** One element of a buffer, read through a view; outside the view's guards, `fill`. */
export type Load = {
  readonly op: 'load'
  readonly dtype: DType
  readonly buffer: BufferId
  readonly view: View
  readonly fill: number
  readonly dynamic: readonly DynamicIndex[]
}

/**
 * A scalar expression at one point of a loop nest. Expressions are directed acyclic graphs: a node
 * met twice by identity is computed once.
 */
export type Expr =
  | { readonly op: 'const'; readonly dtype: DType; readonly value: number }
  /** The loop index of an axis of the nest (space axes first, then reduced ones), as int32. */
  | { readonly op: 'index'; readonly dtype: 'int32'; readonly axis: number }
  | Load
  | { readonly op: 'apply'; readonly dtype: DType; readonly fn: ScalarOp; readonly args: readonly Expr[] }
  /** In a reduction's `combine`: the running value; in a kernel's outputs: the reduced one. */
  | { readonly op: 'acc'; readonly dtype: DType; readonly slot: number }
  /** In a reduction's `combine`: the value that joins. */
  | { readonly op: 'elem'; readonly dtype: DType; readonly slot: number }

export const constant = (value: number, dtype: DType): Expr => ({ op: 'const', dtype, value })

export const loopIndex = (axis: number): Expr => ({ op: 'index', dtype: 'int32', axis })

/** `fn(args)`; the result has the function's dtype, or the first operand's, unless `dtype` is given. */
export const apply = (
  fn: ScalarOp,
  args: readonly Expr[],
  dtype: DType = scalarFunctions[fn].gives ?? args[0].dtype,
): Expr => ({
  op: 'apply',
  dtype,
  fn,
  args,
})

export const compare = (fn: ComparisonOp, a: Expr, b: Expr): Expr => apply(fn, [a, b])

export const select = (predicate: Expr, a: Expr, b: Expr): Expr => apply('select', [predicate, a, b], a.dtype)

export const acc = (slot: number, dtype: DType): Expr => ({ op: 'acc', dtype, slot })

export const elem = (slot: number, dtype: DType): Expr => ({ op: 'elem', dtype, slot })
