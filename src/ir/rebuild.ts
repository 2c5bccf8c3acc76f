import type { Shape } from './aval.js'
import { apply, constant, type Expr, type Load, loopIndex } from './expr.js'
import { type AxisMap, moveAxes, reshapeView, type View } from './view.js'

/**
 * Expressions with nodes replaced: `replace` gives a node's stand-in, `undefined` to keep it and go on below, `null`
 * where there is none, and then the whole has none. Shared nodes stay shared, also between the roots.
 */
export const rebuilder = (
  replace: (e: Expr) => Expr | null | undefined,
  view: (v: View) => View | null = (v) => v,
): ((root: Expr) => Expr | null) => {
  const made = new Map<Expr, Expr | null>()
  const walk = (e: Expr): Expr | null => {
    const known = made.get(e)
    if (known !== undefined) return known
    const given = replace(e)
    const result = given === undefined ? below(e) : given
    made.set(e, result)
    return result
  }
  const below = (e: Expr): Expr | null => {
    if (e.op === 'load') return loaded(e)
    if (e.op !== 'apply') return e
    const args = e.args.map(walk)
    if (!args.every((a) => a !== null)) return null
    return args.every((a, i) => a === e.args[i]) ? e : { ...e, args }
  }
  const loaded = (e: Load): Expr | null => {
    const seen = view(e.view)
    const indices = e.dynamic.map((d) => walk(d.index))
    if (seen === null || !indices.every((index) => index !== null)) return null
    if (seen === e.view && indices.every((index, i) => index === e.dynamic[i].index)) return e
    return { ...e, view: seen, dynamic: e.dynamic.map((d, i) => ({ ...d, index: indices[i] })) }
  }
  return walk
}

/** Numbers the slots that expressions read anew; what they share stays shared. */
export const renumbered = (slot: (old: number) => number): ((e: Expr) => Expr) =>
  rebuilder((e) => (e.op === 'acc' || e.op === 'elem' ? { ...e, slot: slot(e.slot) } : undefined)) as (
    e: Expr,
  ) => Expr

const noPlaces: ReadonlyMap<number, Expr> = new Map()

/** The expression seen through a change of axes. */
export const movedExpr = (e: Expr, shape: Shape, axes: readonly AxisMap[]): Expr =>
  placedExpr(e, shape, axes, noPlaces) as Expr

/** As `movedExpr`, with computed places on some axes; `null` where it reads memory then. */
export const placedExpr = (
  e: Expr,
  shape: Shape,
  axes: readonly AxisMap[],
  places: ReadonlyMap<number, Expr>,
): Expr | null =>
  rebuilder(
    (node) => {
      if (node.op !== 'index') return undefined
      const place = places.get(node.axis)
      if (place !== undefined) return place
      const { axis, offset, step } = axes[node.axis]
      if (axis === null) return constant(offset, 'int32')
      const scaled = step === 1 ? loopIndex(axis) : apply('mul', [loopIndex(axis), constant(step, 'int32')])
      return offset === 0 ? scaled : apply('add', [scaled, constant(offset, 'int32')])
    },
    (view) => (places.size > 0 ? null : moveAxes(view, shape, axes)),
  )(e)

/** The expression under another shape of the same size, or `null` where its views have none, or it reads indices. */
export const reshapedExpr = (e: Expr, shape: Shape): Expr | null =>
  rebuilder(
    (node) => (node.op === 'index' ? null : undefined),
    (view) => reshapeView(view, shape),
  )(e)
