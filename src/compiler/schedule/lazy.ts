import type { Eqn } from '../../graph/graph.js'
import type { Lowering } from '../../graph/lowering.js'
import { type Shape, sizeOf } from '../../ir/aval.js'
import type { DType } from '../../ir/dtype.js'
import { type BufferId, constant, type Expr, type Load } from '../../ir/expr.js'
import { type Lineage, lineageOf } from '../../ir/lineage.js'
import type { BufferSpec } from '../../ir/program.js'
import { isDense, type View } from '../../ir/view.js'

type Made = { readonly lineage: Lineage }

/** A value before anybody needs it in memory: a constant, a buffer seen through a view, or an expression still to be computed. */
export type Lazy = (
  | { readonly kind: 'constant'; readonly value: number; readonly shape: Shape; readonly dtype: DType }
  | {
      readonly kind: 'view'
      readonly buffer: BufferId
      readonly view: View
      readonly fill: number
      readonly dtype: DType
    }
  /** An expression over a nest whose leading axes are those of `shape`. */
  | { readonly kind: 'computed'; readonly value: Expr; readonly shape: Shape; readonly dtype: DType }
) &
  Made

export type Stored = Extract<Lazy, { kind: 'view' }>
export type Computed = Extract<Lazy, { kind: 'computed' }>

export const shapeOf = (v: Lazy): Shape => (v.kind === 'view' ? v.view.shape : v.shape)

/** The lineage of an equation's result from values. */
export const madeOf = (values: readonly Made[], eqn: Eqn): Lineage =>
  lineageOf(
    values.map((v) => v.lineage),
    eqn,
  )

export const load = (v: Stored, view: View): Load => ({
  op: 'load',
  dtype: v.dtype,
  buffer: v.buffer,
  view,
  fill: v.fill,
  dynamic: [],
})

/** The value as an expression over a nest whose leading axes are its own. */
export const read = (v: Lazy): Expr => {
  switch (v.kind) {
    case 'constant':
      return constant(v.value, v.dtype)
    case 'view':
      return load(v, v.view)
    case 'computed':
      return v.value
  }
}

/** Whether the view shows all of the buffer, in its order; the shape may differ. */
export const isWhole = (v: Stored, buffer: BufferSpec): boolean =>
  isDense(v.view) && sizeOf(v.view.shape) === sizeOf(buffer.shape)

/** The axes of `shape` in another order. */
export const permutation = (shape: Shape, order: readonly number[]): Extract<Lowering, { kind: 'move' }> => ({
  kind: 'move',
  shape: order.map((i) => shape[i]),
  axes: shape.map((_, i) => ({ axis: order.indexOf(i), offset: 0, step: 1 })),
})
