import { type Shape, sizeOf } from '../../../src/ir/aval.js'
import { type DType, isInteger } from '../../../src/ir/dtype.js'
import type { DynamicIndex, Expr, Load } from '../../../src/ir/expr.js'
import { type AxisMap, dense, type Guard, moveAxes, padView, type View } from '../../../src/ir/view.js'
import { chance, type Draw, elements, int, oneOf, type ProgramDraft } from './draw.js'

type Source = { readonly shape: Shape; readonly view: View }

/** A dense array seen through transposition, broadcasting, reversal, strided slices and padding. */
const movedView = (g: Draw, extents: Shape): Source => {
  const [low, high] = [
    extents.map(() => (chance(g, 25) ? int(g, -2, 2) : 0)),
    extents.map(() => (chance(g, 25) ? int(g, -2, 2) : 0)),
  ]
  extents.forEach((d, j) => {
    if (d - low[j] - high[j] < 0) low[j] = high[j] = 0
  })
  const inner = extents.map((d, j) => d - low[j] - high[j])
  const sources = inner.map((d, axis): { extent: number; map: AxisMap } => {
    const kind = oneOf(g, ['plain', 'plain', 'broadcast', 'reverse', 'slice', 'fixed'])
    if (kind === 'broadcast') return { extent: 1, map: { axis: null, offset: 0, step: 0 } }
    if (kind === 'fixed') return { extent: 3, map: { axis: null, offset: 2, step: 0 } }
    if (kind === 'reverse') return { extent: d, map: { axis, offset: d - 1, step: -1 } }
    if (kind === 'slice') return { extent: 2 * d + 1, map: { axis, offset: 1, step: 2 } }
    return { extent: d, map: { axis, offset: 0, step: 1 } }
  })
  const order = sources
    .map((s) => ({ s, key: int(g, 0, 100) }))
    .sort((a, b) => (chance(g, 50) ? 0 : a.key - b.key))
  const shape = order.map(({ s }) => s.extent)
  const moved = moveAxes(
    dense(shape),
    inner,
    order.map(({ s }) => s.map),
  )
  return { shape, view: padView(moved, low, high) }
}

/** Any strides, overlapping or not, and guards over several axes at once. */
const windowView = (g: Draw, extents: Shape): Source => {
  const strides = extents.map(() => int(g, -3, 3))
  const guards = Array.from({ length: int(g, 0, 2) }, (): Guard => {
    return { offset: int(g, -3, 3), coefs: extents.map(() => int(g, -2, 2)), size: int(g, 0, 6) }
  })
  const reach = strides.map((s, j) => s * Math.max(0, extents[j] - 1))
  const least = reach.filter((r) => r < 0).reduce((a, b) => a + b, 0)
  const most = reach.filter((r) => r > 0).reduce((a, b) => a + b, 0)
  const margin = int(g, 0, 2)
  return {
    shape: [most - least + 1 + margin],
    view: { shape: extents, offset: margin - least, strides, guards },
  }
}

const withDynamic = (
  g: Draw,
  source: Source,
  indices: readonly Expr[],
): Source & { dynamic: readonly DynamicIndex[] } => {
  const size = int(g, 1, 4)
  const place = sizeOf(source.shape)
  const [stride, offset] = chance(g, 70) ? [place, 0] : [-place, (size - 1) * place]
  return {
    shape: [size * place],
    view: { ...source.view, offset: source.view.offset + offset },
    dynamic: [{ index: oneOf(g, indices), size, stride }],
  }
}

/** A load of `dtype` over `extents` from a new input; `indices` may be used to compute a part of its address. */
export const load = (
  g: Draw,
  draft: ProgramDraft,
  extents: Shape,
  dtype: DType,
  indices: readonly Expr[] = [],
): Load => {
  const source = chance(g, 70) ? movedView(g, extents) : windowView(g, extents)
  const usable = indices.filter((e) => isInteger(e.dtype))
  const dynamic =
    usable.length > 0 && chance(g, 40) ? withDynamic(g, source, usable) : { ...source, dynamic: [] }
  return {
    op: 'load',
    dtype,
    buffer: draft.input(dynamic.shape, dtype, elements(g, dtype, sizeOf(dynamic.shape))),
    view: dynamic.view,
    fill: dtype === 'bool' ? int(g, 0, 1) : int(g, 0, 9),
    dynamic: dynamic.dynamic,
  }
}
