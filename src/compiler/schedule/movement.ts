import type { Eqn } from '../../graph/graph.js'
import type { Lowering } from '../../graph/lowering.js'
import type { Aval, Shape } from '../../ir/aval.js'
import { sizeOf } from '../../ir/aval.js'
import { apply, compare, constant, type Expr, loopIndex, select } from '../../ir/expr.js'
import { movedExpr, placedExpr, reshapedExpr } from '../../ir/rebuild.js'
import { type AxisMap, dense, moveAxes, padView, reshapeView } from '../../ir/view.js'
import type { Draft } from './draft.js'
import { type Computed, type Lazy, load, madeOf, read, type Stored } from './lazy.js'

/** The value, to be read at each point of other loops. */
const repeated = (draft: Draft, v: Computed, space: Shape): Lazy =>
  draft.settled(v, 1, sizeOf(space) / Math.max(1, sizeOf(v.shape)))

/** The value seen through other axes. */
export const move = (
  draft: Draft,
  v: Lazy,
  { shape, axes }: Omit<Extract<Lowering, { kind: 'move' }>, 'kind'>,
): Lazy => {
  if (v.kind === 'constant') return { ...v, shape }
  if (v.kind === 'view') return { ...v, view: moveAxes(v.view, shape, axes) }
  const settled = repeated(draft, v, shape)
  return settled.kind === 'computed'
    ? { ...settled, shape, value: movedExpr(settled.value, shape, axes) }
    : move(draft, settled, { shape, axes })
}

/** The value under another shape. */
export const reshaped = (draft: Draft, v: Lazy, shape: Shape): Lazy => {
  if (v.kind === 'constant') return { ...v, shape }
  const why = 'no strides express the reshaped value'
  if (v.kind === 'computed') {
    const value = reshapedExpr(v.value, shape)
    return value === null ? { ...draft.kept(v, why), view: dense(shape) } : { ...v, shape, value }
  }
  const view = reshapeView(v.view, shape)
  return view === null ? { ...draft.kept(v, why), view: dense(shape) } : { ...v, view }
}

/** The first value surrounded by the second. */
export const padded = (
  draft: Draft,
  eqn: Eqn,
  [x, value]: readonly Lazy[],
  out: Aval,
  { low, high }: Extract<Lowering, { kind: 'pad' }>,
): Lazy => {
  const fits =
    x.kind === 'view' &&
    (x.view.guards.length === 0 || (value.kind === 'constant' && Object.is(x.fill, value.value)))
  const base = fits ? x : draft.kept(x, 'what is padded is read from memory')
  const view = padView(base.view, low, high)
  const lineage = madeOf([base, value], eqn)
  if (value.kind === 'constant') return { ...base, view, fill: value.value, lineage }
  const inside = low.reduce<Expr>(
    (all, l, axis) => {
      const at = loopIndex(axis)
      const from = compare('ge', at, constant(l, 'int32'))
      const to = compare('lt', at, constant(l + base.view.shape[axis], 'int32'))
      return apply('and', [all, apply('and', [from, to])])
    },
    constant(1, 'bool'),
  )
  const around = read(move(draft, value, { shape: out.shape, axes: [] }))
  const chosen = select(inside, load(base, view), around)
  return { kind: 'computed', value: chosen, shape: out.shape, dtype: out.dtype, lineage }
}

/** The value at a point of other loops, with axes mapped or computed. */
export const readAt = (
  draft: Draft,
  v: Lazy,
  space: Shape,
  axes: readonly AxisMap[],
  dynamic: readonly { readonly axis: number; readonly index: Expr }[] = [],
): Expr => {
  if (v.kind === 'constant') return constant(v.value, v.dtype)
  if (dynamic.length === 0) return read(move(draft, v, { shape: space, axes }))
  if (v.kind === 'computed' && repeated(draft, v, space).kind === 'computed') {
    const places = dynamic.map(({ axis, index }): [number, Expr] => [axis, within(index, v.shape[axis])])
    const value = placedExpr(v.value, space, axes, new Map(places))
    if (value !== null) return value
  }
  const base = addressable(draft, v)
  return {
    ...load(base, moveAxes(base.view, space, axes)),
    dynamic: dynamic.map(({ axis, index }) => ({
      index,
      size: base.view.shape[axis],
      stride: base.view.strides[axis],
    })),
  }
}

/** The place nearest to a computed one. */
const within = (index: Expr, size: number): Expr =>
  apply('max', [apply('min', [index, constant(size - 1, 'int32')]), constant(0, 'int32')])

/** Memory that may be read at any place. */
const addressable = (draft: Draft, v: Lazy): Stored =>
  v.kind === 'view' && v.view.guards.length === 0
    ? v
    : draft.kept(v, 'it is read at places that are computed')
