import { ShapeError } from '../ir/errors.js'
import { describe } from './describe.js'
import { plainNumbers } from './plainNumbers.js'

/** One axis. */
export type OneAxis = { readonly axis?: number }

/** One axis, or several. */
export type SomeAxes = { readonly axis?: number | readonly number[] }

/** An axis counted from the front. @throws ShapeError unless −rank ≤ axis < rank */
export const resolveAxis = (name: string, axis: number, rank: number): number => {
  if (typeof axis === 'object') plainNumbers(name, 'axes', axis)
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(`${name}: an axis of a tensor of rank ${rank} is required, got ${describe(axis)}.`)
  }
  return axis < 0 ? axis + rank : axis
}

/** Axes counted from the front; all of them by default. @throws ShapeError on one given twice */
export const resolveAxes = (
  name: string,
  axis: number | readonly number[] | null | undefined,
  rank: number,
): readonly number[] => {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, i) => i)
  const axes = (Array.isArray(axis) ? axis : [axis]).map((a) => resolveAxis(name, a, rank))
  if (new Set(axes).size !== axes.length) {
    throw new ShapeError(`${name}: distinct axes are required, got [${axes.join(',')}].`)
  }
  return axes
}
