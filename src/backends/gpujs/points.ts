import { type Shape, sizeOf } from '../../ir/aval.js'

/** The points of a nest that the four lanes of one thread stand at, in the language of kernels. */
export type Points = {
  readonly extents: Shape
  /** The index on an axis at a lane, an integer expression. */
  index(axis: number, lane: number): string
  /**
   * The axis along which the lanes are four neighbours, the first at a multiple of four, and all else equal; `null`
   * where there is none.
   */
  readonly vectorAxis: number | null
  /** Whether all lanes are at one index of an axis. */
  isShared(axis: number): boolean
  /** A quarter of the first lane's index on that axis. */
  readonly vectorTexel: string
}

/** Expressions of literals alone would be taken for floats: they are worked out here. */
const isLiteral = (e: string): boolean => /^-?\d+$/.test(e)

/** The expression times an integer. */
export const times = (e: string, factor: number): string => {
  if (isLiteral(e)) return String(Number(e) * factor)
  return factor === 1 ? e : factor === 0 ? '0' : `(${e})*${factor}`
}

/** The sum of expressions. */
export const plus = (terms: readonly string[]): string => {
  const fixed = terms.filter(isLiteral).reduce((sum, t) => sum + Number(t), 0)
  const others = terms.filter((t) => !isLiteral(t))
  if (others.length === 0) return String(fixed)
  return [...others, ...(fixed === 0 ? [] : [String(fixed)])].join('+')
}

/** Whether 0 ≤ the expression < size, as 1 or 0. */
export const insideOf = (e: string, size: number): string =>
  isLiteral(e) ? (Number(e) >= 0 && Number(e) < size ? '1.0' : '0.0') : `inside(${e}, ${size})`

/** Index j of a position in a dense array: `⌊position / stride⌋ mod extent`. */
export const component = (position: string, stride: number, extent: number, isFirst: boolean): string => {
  if (extent === 1) return '0'
  const quotient = stride === 1 ? position : `idiv(${position},${stride})`
  return isFirst ? quotient : `imod(${quotient},${extent})`
}

/** The texel that a thread writes, as a number of the flat order. */
export const ownTexel = (width: number): string => `this.thread.y*${width}+this.thread.x`

/** A thread's lanes at four consecutive points of a space, in row-major order. `texel`: which four. */
export const consecutivePoints = (space: Shape, texel: string): Points => {
  const last = space.length - 1
  const aligned = last >= 0 && space[last] % 4 === 0
  const strides = space.map((_, j) => sizeOf(space.slice(j + 1)))
  return {
    extents: space,
    index: (axis, lane) => {
      if (!aligned) return component(`((${texel})*4+${lane})`, strides[axis], space[axis], axis === 0)
      if (axis < last) return component(`(${texel})`, strides[axis] / 4, space[axis], axis === 0)
      return plus([times(component(`(${texel})`, 1, space[last] / 4, last === 0), 4), String(lane)])
    },
    vectorAxis: aligned ? last : null,
    isShared: (axis) => aligned && axis !== last,
    vectorTexel: aligned ? component(`(${texel})`, 1, space[last] / 4, last === 0) : '0',
  }
}

/** The points of a space, and at each the same point of inner loops with these counters. */
export const withInnerLoops = (points: Points, extents: Shape, counters: readonly string[]): Points => ({
  ...points,
  extents: [...points.extents, ...extents],
  isShared: (axis) => axis >= points.extents.length || points.isShared(axis),
  index: (axis, lane) =>
    axis < points.extents.length ? points.index(axis, lane) : counters[axis - points.extents.length],
})

/** A thread at one point of a space, its lanes four neighbours on the last of the inner loops' axes. */
export const alongInnerLoops = (
  space: Shape,
  point: string,
  extents: Shape,
  counters: readonly string[],
): Points => {
  const strides = space.map((_, j) => sizeOf(space.slice(j + 1)))
  const last = space.length + extents.length - 1
  const counter = counters[counters.length - 1]
  return {
    extents: [...space, ...extents],
    index: (axis, lane) => {
      if (axis < space.length) return component(`(${point})`, strides[axis], space[axis], axis === 0)
      return axis === last ? plus([times(counter, 4), String(lane)]) : counters[axis - space.length]
    },
    vectorAxis: last,
    isShared: (axis) => axis !== last,
    vectorTexel: counter,
  }
}
