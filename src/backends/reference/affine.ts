import type { Shape } from '../../ir/aval.js'
import { alwaysHolds, type Guard, type View } from '../../ir/view.js'

/** The order in which a nest's points are visited: `extents`, outermost first, and the nest's axis behind each. */
export type Traversal = { readonly extents: Shape; readonly axes: readonly number[] }

/** The nest's own order. */
export const inOrder = (extents: Shape): Traversal => ({ extents, axes: extents.map((_, axis) => axis) })

/** A view in the order of a traversal, with as few axes as express it, at least one. */
export type Affine = {
  readonly extents: readonly number[]
  readonly offset: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
}

/** Coefficients over the traversal's axes; an axis that the view doesn't have does not move it. */
const reorder = (coefs: readonly number[], traversal: Traversal): number[] =>
  traversal.axes.map((axis) => coefs[axis] ?? 0)

/**
 * The view along a traversal: axes of length one are dropped, guards that always hold too, and
 * neighbouring axes merged where the address and every guard step through them as through one.
 */
export const affine = (view: View, traversal: Traversal): Affine => {
  const strides = reorder(view.strides, traversal)
  const guards = view.guards
    .map((g) => ({ ...g, coefs: reorder(g.coefs, traversal) }))
    .filter((g) => !alwaysHolds(g, traversal.extents))
  const rows = [strides, ...guards.map((g) => g.coefs)]
  const extents: number[] = []
  const merged: number[][] = rows.map(() => [])
  traversal.extents.forEach((extent, t) => {
    if (extent === 1) return
    const last = extents.length - 1
    if (last >= 0 && rows.every((row, q) => merged[q][last] === row[t] * extent)) {
      extents[last] *= extent
      for (let q = 0; q < rows.length; q++) merged[q][last] = rows[q][t]
    } else {
      extents.push(extent)
      for (let q = 0; q < rows.length; q++) merged[q].push(rows[q][t])
    }
  })
  if (extents.length === 0) {
    extents.push(1)
    for (const row of merged) row.push(0)
  }
  return {
    extents,
    offset: view.offset,
    strides: merged[0],
    guards: guards.map((g, k) => ({ ...g, coefs: merged[k + 1] })),
  }
}

/** Whether the view reads its buffer one element after the other. */
export const isContiguous = (a: Affine): boolean =>
  a.extents.length === 1 && (a.strides[0] === 1 || a.extents[0] === 1) && a.guards.length === 0
