import { sizeOf } from '../../../ir/aval.js'
import type { BufferId, Load } from '../../../ir/expr.js'
import type { Kernel } from '../../../ir/program.js'
import { alwaysHolds, denseStrides, type Guard } from '../../../ir/view.js'

/** An operand copied with the fill around it, and a load of the copy: without guards. */
export type Bordered = { readonly copy: Kernel; readonly load: Load }

/** The least and the greatest position that a guard sees. */
const span = (g: Guard, extents: readonly number[]): { readonly least: number; readonly length: number } => {
  const reach = g.coefs.map((c, axis) => c * (extents[axis] - 1))
  const least = reach.reduce((sum, r) => sum + Math.min(r, 0), g.offset)
  return { least, length: reach.reduce((sum, r) => sum + Math.abs(r), 1) }
}

/**
 * Windows overlap: the array with its border is smaller than all of them written out. `null` where guards do not bound
 * axes of the array, each its own, or where a border saves nothing.
 */
export const bordered = (load: Load, extents: readonly number[], into: BufferId): Bordered | null => {
  const { view } = load
  const guards = view.guards.filter((g) => !alwaysHolds(g, extents))
  if (load.dynamic.length > 0 || guards.length === 0) return null
  const long = [...extents.keys()].filter((axis) => extents[axis] > 1)
  const guardsOf = (axis: number) => guards.filter((g) => g.coefs[axis] !== 0)
  if (long.some((axis) => guardsOf(axis).length > 1)) return null
  /** The stride of the array's axis that a guard's axes step along. */
  const strideOf = (g: Guard): number | null => {
    const strides = long.flatMap((axis) => (g.coefs[axis] === 0 ? [] : [view.strides[axis] / g.coefs[axis]]))
    return Number.isInteger(strides[0]) && strides.every((s) => s === strides[0]) ? strides[0] : null
  }
  const bounded = guards.map((guard) => ({ guard, stride: strideOf(guard), ...span(guard, extents) }))
  const isKnown = (
    b: (typeof bounded)[number],
  ): b is (typeof bounded)[number] & { readonly stride: number } => b.stride !== null
  if (!bounded.every(isKnown)) return null
  const byStride = (a: { readonly stride: number }, b: { readonly stride: number }): number =>
    Math.abs(b.stride) - Math.abs(a.stride)
  const inner = bounded.filter(isKnown).sort(byStride)
  const outer = long
    .filter((axis) => guardsOf(axis).length === 0 && view.strides[axis] !== 0)
    .map((axis) => ({ axis, stride: view.strides[axis] }))
    .sort(byStride)
  const space = [...outer.map((o) => extents[o.axis]), ...inner.map((b) => b.length)]
  if (sizeOf(space) >= sizeOf(extents)) return null
  const from: Load = {
    ...load,
    view: {
      shape: space,
      offset: inner.reduce((sum, b) => sum + b.stride * (b.least - b.guard.offset), view.offset),
      strides: [...outer, ...inner].map((d) => d.stride),
      guards: inner.map(({ guard, least }, i) => ({
        offset: least,
        coefs: space.map((_, d) => (d === outer.length + i ? 1 : 0)),
        size: guard.size,
      })),
    },
  }
  const written = denseStrides(space)
  const places = inner.map((b, i) => ({ ...b, place: written[outer.length + i] }))
  const strides = extents.map((_, axis) => {
    const own = outer.findIndex((o) => o.axis === axis)
    return own >= 0 ? written[own] : places.reduce((sum, p) => sum + p.place * p.guard.coefs[axis], 0)
  })
  const offset = places.reduce((sum, p) => sum + p.place * (p.guard.offset - p.least), 0)
  return {
    copy: {
      kind: 'kernel',
      name: 'border',
      space,
      reduction: null,
      outputs: [{ buffer: into, value: from }],
    },
    load: { ...load, buffer: into, view: { shape: extents, offset, strides, guards: [] } },
  }
}
