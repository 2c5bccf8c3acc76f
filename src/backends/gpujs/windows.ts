import type { Shape } from '../../ir/aval.js'
import type { Guard, View } from '../../ir/view.js'

/**
 * A coordinate of the space that windows move over: the sum of axes of the nest, times whole steps. For a row of pixels under
 * a kernel: the place of the kernel and the place within it.
 */
export type Coordinate = {
  /** How far a step on each axis of the nest moves. */
  readonly steps: readonly number[]
  /** The least and the greatest of its values, that of the nest's first point being `origin`. */
  readonly least: number
  readonly extent: number
  readonly origin: number
  /** How far apart its values lie in the source. */
  readonly stride: number
  /** There is nothing outside of `0 … size − 1`; `null`: it never leaves the source. */
  readonly size: number | null
}

const rangeOf = (steps: readonly number[], origin: number, extents: Shape) => {
  let [least, most] = [origin, origin]
  steps.forEach((step, axis) => {
    const reach = step * (extents[axis] - 1)
    if (reach < 0) least += reach
    else most += reach
  })
  return { least, extent: most - least + 1 }
}

/** The coordinate that a guard bounds; `null` where the source has no axis for it. */
const guarded = (guard: Guard, strides: readonly number[], extents: Shape): Coordinate | null => {
  const axis = guard.coefs.findIndex((c, a) => c !== 0 && extents[a] > 1)
  if (axis < 0) return null
  const stride = strides[axis] / guard.coefs[axis]
  const isWhole = guard.coefs.every((c, a) => extents[a] === 1 || c === 0 || strides[a] === c * stride)
  if (!Number.isInteger(stride) || !isWhole) return null
  const steps = guard.coefs.map((c, a) => (extents[a] === 1 ? 0 : c))
  const { offset: origin, size } = guard
  return { steps, origin, stride, size, ...rangeOf(steps, origin, extents) }
}

/** The coordinates of axes without guards: those whose elements overlap are one. */
const unguarded = (
  axes: readonly number[],
  strides: readonly number[],
  extents: Shape,
): Coordinate[] | null => {
  const coordinates: Coordinate[] = []
  const order = [...axes].sort((a, b) => Math.abs(strides[a]) - Math.abs(strides[b]))
  for (const axis of order) {
    const last = coordinates.at(-1)
    const overlaps = last !== undefined && Math.abs(strides[axis]) <= (last.extent - 1) * last.stride
    if (overlaps && strides[axis] % last.stride !== 0) return null
    const stride = overlaps ? last.stride : Math.abs(strides[axis])
    const steps = extents.map((_, a) => (a === axis ? strides[axis] / stride : overlaps ? last.steps[a] : 0))
    if (overlaps) coordinates.pop()
    coordinates.push({ steps, origin: 0, stride, size: null, ...rangeOf(steps, 0, extents) })
  }
  return coordinates
}

/** The coordinates that a view's windows move over; `null` where they are of another kind. */
export const coordinatesOf = ({ shape, strides, guards }: View): readonly Coordinate[] | null => {
  const bounded = guards.map((g) => guarded(g, strides, shape))
  const isIn = (axis: number) => bounded.filter((c) => c !== null && c.steps[axis] !== 0).length
  if (bounded.includes(null) || shape.some((_, axis) => isIn(axis) > 1)) return null
  const free = shape.flatMap((d, axis) => (d > 1 && strides[axis] !== 0 && isIn(axis) === 0 ? [axis] : []))
  const others = unguarded(free, strides, shape)
  return others === null ? null : [...others.reverse(), ...bounded.flatMap((c) => c ?? [])]
}
