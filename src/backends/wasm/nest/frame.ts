import { mostPlaces } from '../../../ir/aval.js'
import { byteSize } from '../../../ir/dtype.js'
import type { Expr, Load } from '../../../ir/expr.js'
import { operandsFirst } from '../../../ir/nodes.js'
import type { Kernel } from '../../../ir/program.js'
import { alwaysHolds, denseStrides } from '../../../ir/view.js'

/** A loop of a nest, of several of the kernel's axes where everything steps through them as through one. */
type Axis = { readonly extent: number; readonly isReduced: boolean }

/** Something that moves linearly with the loops: an address in bytes, a coordinate, an index. */
export type Moving = {
  readonly start: number
  readonly coefs: readonly number[]
}

export type MovingGuard = { readonly coordinate: Moving; readonly size: number }

/** How a load moves; where a guard fails it gives its filling. */
export type MovingLoad = { readonly address: Moving; readonly guards: readonly MovingGuard[] }

/** A kernel's axes, and the addresses, coordinates and indices that move along them. */
export type Frame = {
  readonly axes: readonly Axis[]
  readonly loads: ReadonlyMap<Load, MovingLoad>
  /** The index of each of the kernel's axes. */
  readonly indices: readonly Moving[]
  /** The addresses of the outputs, in their order, from their starts; in bytes. */
  readonly outputs: readonly Moving[]
}

const scaled = ({ start, coefs }: Moving, factor: number): Moving => ({
  start: start * factor,
  coefs: coefs.map((c) => c * factor),
})

export const frameOf = (kernel: Kernel): Frame => {
  const { space, reduction, outputs } = kernel
  const extents = [...space, ...(reduction?.extents ?? [])]
  const roots = [...(reduction?.element ?? []), ...outputs.map((o) => o.value)]
  const nodes = operandsFirst(roots)
  const loads = nodes.filter((e): e is Load => e.op === 'load')
  const full = (coefs: readonly number[]): number[] => extents.map((_, axis) => coefs[axis] ?? 0)

  const addresses = loads.map(({ view }): Moving => ({ start: view.offset, coefs: full(view.strides) }))
  const guards = loads.map(({ view }) =>
    view.guards
      .map((g) => ({ coordinate: { start: g.offset, coefs: full(g.coefs) }, size: g.size }))
      .filter(
        (g) => !alwaysHolds({ offset: g.coordinate.start, coefs: g.coordinate.coefs, size: g.size }, extents),
      ),
  )
  const dense: Moving = { start: 0, coefs: full(denseStrides(space)) }
  const used = new Set(nodes.flatMap((e: Expr) => (e.op === 'index' ? [e.axis] : [])))
  const index = (axis: number): Moving => ({ start: 0, coefs: extents.map((_, a) => (a === axis ? 1 : 0)) })

  const rows = [
    dense.coefs,
    ...addresses.map((a) => a.coefs),
    ...guards.flatMap((gs) => gs.map((g) => g.coordinate.coefs)),
    ...[...used].map((axis) => index(axis).coefs),
  ]
  const groups = mergedAxes(extents, space.length, rows)
  const merged = ({ start, coefs }: Moving): Moving => ({ start, coefs: groups.map((g) => coefs[g.last]) })
  return {
    axes: groups.map(({ extent, isReduced }) => ({ extent, isReduced })),
    loads: new Map(
      loads.map((load, i) => [
        load,
        {
          address: scaled(merged(addresses[i]), byteSize(load.dtype)),
          guards: guards[i].map((g) => ({ coordinate: merged(g.coordinate), size: g.size })),
        },
      ]),
    ),
    indices: extents.map((_, axis) => merged(index(axis))),
    outputs: outputs.map((o) => scaled(merged(dense), byteSize(o.value.dtype))),
  }
}

/** Axes longer than one, neighbours joined where all rows step through them as through one that int32 counts. */
const mergedAxes = (
  extents: readonly number[],
  spaceRank: number,
  rows: readonly (readonly number[])[],
): readonly (Axis & { readonly last: number })[] => {
  const groups: (Axis & { readonly last: number })[] = []
  extents.forEach((extent, axis) => {
    if (extent === 1) return
    const isReduced = axis >= spaceRank
    const before = groups.at(-1)
    const joins =
      before !== undefined &&
      before.isReduced === isReduced &&
      before.extent * extent <= mostPlaces &&
      rows.every((row) => row[before.last] === row[axis] * extent)
    if (joins) groups[groups.length - 1] = { extent: before.extent * extent, isReduced, last: axis }
    else groups.push({ extent, isReduced, last: axis })
  })
  return groups
}
