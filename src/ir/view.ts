import { type Shape, sizeOf } from './aval.js'

/** A bound on one coordinate of the source: inside where `0 ≤ offset + Σ coefs[j]·i[j] < size`. */
export type Guard = { readonly offset: number; readonly coefs: readonly number[]; readonly size: number }

/**
 * How a loop nest reads a dense buffer: element `offset + Σ strides[j]·i[j]`, where every guard holds.
 * Movement operations only change views, so they cost nothing by themselves.
 */
export type View = {
  readonly shape: Shape
  readonly offset: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
}

/** Where one axis of a source comes from: `offset + step · (output axis)`; `axis: null` is a fixed position. */
export type AxisMap = { readonly axis: number | null; readonly offset: number; readonly step: number }

/** Row-major strides of a dense array. */
export const denseStrides = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length)
  for (let i = shape.length - 1, s = 1; i >= 0; i--) {
    strides[i] = s
    s *= shape[i]
  }
  return strides
}

/** The whole of a dense buffer. */
export const dense = (shape: Shape): View => ({ shape, offset: 0, strides: denseStrides(shape), guards: [] })

export const isDense = (view: View): boolean => {
  const strides = denseStrides(view.shape)
  return (
    view.offset === 0 &&
    view.guards.length === 0 &&
    view.shape.every((d, i) => d === 1 || view.strides[i] === strides[i])
  )
}

/** A position made of loop indices: `offset + Σ step·i[axis]`. */
export type Position = {
  readonly offset: number
  readonly terms: readonly { readonly axis: number; readonly step: number }[]
}

/** A position that has to lie in `0 … size − 1`. */
export type Bounded = { readonly position: Position; readonly size: number }

const guardOf = ({ position, size }: Bounded, rank: number): Guard => {
  const coefs = new Array<number>(rank).fill(0)
  for (const { axis, step } of position.terms) coefs[axis] += step
  return { offset: position.offset, coefs, size }
}

/** Guards and one more. One is kept for each coordinate, so a chain of padded views has few. */
const guarded = (guards: readonly Guard[], more: Guard): readonly Guard[] => {
  const at = guards.findIndex(({ coefs }) => coefs.every((c, j) => c === more.coefs[j]))
  if (at < 0) return [...guards, more]
  const offset = Math.min(guards[at].offset, more.offset)
  const size = Math.min(guards[at].size - guards[at].offset, more.size - more.offset) + offset
  return guards.map((g, i) => (i === at ? { ...more, offset, size: Math.max(0, size) } : g))
}

/** Whether a guard holds at every point of a box. */
export const alwaysHolds = (guard: Guard, extents: Shape): boolean => {
  let least = guard.offset
  let most = guard.offset
  guard.coefs.forEach((c, t) => {
    const reach = c * (extents[t] - 1)
    if (reach < 0) least += reach
    else most += reach
  })
  return least >= 0 && most < guard.size
}

/** Every axis of `view` at a position of other loops; all of them are known to lie inside. */
const compose = (view: View, shape: Shape, positions: readonly Position[]): View => {
  const substitute = (coefs: readonly number[], offset: number) => {
    const out = new Array<number>(shape.length).fill(0)
    let at = offset
    positions.forEach((p, source) => {
      const c = coefs[source]
      at += c * p.offset
      for (const { axis, step } of p.terms) out[axis] += c * step
    })
    return { coefs: out, offset: at }
  }
  const address = substitute(view.strides, view.offset)
  return {
    shape,
    offset: address.offset,
    strides: address.coefs,
    guards: view.guards.map((g) => ({ ...substitute(g.coefs, g.offset), size: g.size })),
  }
}

/** `view` seen through a change of axes: transposition, slicing, reversal, broadcasting. */
export const moveAxes = (view: View, shape: Shape, axes: readonly AxisMap[]): View =>
  compose(
    view,
    shape,
    axes.map(({ axis, offset, step }) => ({ offset, terms: axis === null ? [] : [{ axis, step }] })),
  )

/**
 * `view` read by loops of extents `shape`, each of its axes at a position: windows, padding, groups. Guards
 * hold where every position lies inside its axis, and where `also` does.
 */
export const readAtPositions = (
  view: View,
  shape: Shape,
  positions: readonly Position[],
  also: readonly Bounded[] = [],
): View => {
  const inner = compose(view, shape, positions)
  const bounds = [...positions.map((position, i) => ({ position, size: view.shape[i] })), ...also]
    .map((bounded) => guardOf(bounded, shape.length))
    .filter((guard) => !alwaysHolds(guard, shape))
  return { ...inner, guards: [...inner.guards, ...bounds] }
}

/** Whether a nest never reads outside of an array. */
export const staysInside = (
  shape: Shape,
  nest: Shape,
  positions: readonly Position[],
  also: readonly Bounded[],
): boolean => readAtPositions(dense(shape), nest, positions, also).guards.length === 0

/** `view` with `low[j]` and `high[j]` places added (or, when negative, removed) at the ends of each axis. */
export const padView = (view: View, low: readonly number[], high: readonly number[]): View => {
  const shape = view.shape.map((d, j) => d + low[j] + high[j])
  const moved = moveAxes(
    view,
    shape,
    low.map((l, axis) => ({ axis, offset: -l, step: 1 })),
  )
  const bounds = view.shape.flatMap((size, axis): Guard[] =>
    low[axis] > 0 || high[axis] > 0
      ? [{ offset: -low[axis], coefs: shape.map((_, j) => (j === axis ? 1 : 0)), size }]
      : [],
  )
  return { ...moved, guards: bounds.reduce(guarded, moved.guards) }
}

/**
 * `view` under another shape of the same size, or `null` where no strides express it (the caller copies).
 * Guards do not survive splitting or merging, so a guarded view is only reshaped by axes of length one.
 */
export const reshapeView = (view: View, shape: Shape): View | null => {
  if (sizeOf(shape) === 0) return { shape, offset: view.offset, strides: denseStrides(shape), guards: [] }
  const kept = view.shape.flatMap((d, j) => (d === 1 ? [] : [j]))
  const wanted = shape.flatMap((d, j) => (d === 1 ? [] : [j]))
  if (kept.length === wanted.length && kept.every((j, k) => view.shape[j] === shape[wanted[k]])) {
    const spread = (coefs: readonly number[]) => {
      const out = new Array<number>(shape.length).fill(0)
      wanted.forEach((j, k) => {
        out[j] = coefs[kept[k]]
      })
      return out
    }
    return {
      shape,
      offset: view.offset,
      strides: spread(view.strides),
      guards: view.guards.map((g) => ({ ...g, coefs: spread(g.coefs) })),
    }
  }
  if (view.guards.length > 0) return null
  const strides = new Array<number>(shape.length).fill(0)
  let from = 0
  let to = 0
  while (from < kept.length && to < wanted.length) {
    const sources = [kept[from++]]
    const targets = [wanted[to++]]
    let have = view.shape[sources[0]]
    let want = shape[targets[0]]
    while (have !== want) {
      if (have < want) {
        const j = kept[from++]
        sources.push(j)
        have *= view.shape[j]
      } else {
        const j = wanted[to++]
        targets.push(j)
        want *= shape[j]
      }
    }
    for (let k = 0; k + 1 < sources.length; k++) {
      const a = sources[k]
      const b = sources[k + 1]
      if (view.strides[a] !== view.strides[b] * view.shape[b]) return null
    }
    let stride = view.strides[sources[sources.length - 1]]
    for (let k = targets.length - 1; k >= 0; k--) {
      strides[targets[k]] = stride
      stride *= shape[targets[k]]
    }
  }
  return { shape, offset: view.offset, strides, guards: [] }
}
