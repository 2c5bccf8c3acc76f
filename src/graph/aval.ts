import { type DType, shortName } from './dtype.js'
import { ShapeError } from './errors.js'

export type Shape = readonly number[]

/** An abstract value: all that tracing knows of a tensor. A weakly typed one came from JS numbers alone. */
export type Aval = { readonly shape: Shape; readonly dtype: DType; readonly weakType: boolean }

/** Of an axis, whose places are int32. */
export const mostPlaces = 2 ** 31 - 1

/** @throws ShapeError where places along an axis are not int32, or numbers do not count the elements exactly */
export const aval = (shape: Shape, dtype: DType, weakType = false): Aval => {
  if (shape.some((d) => d > mostPlaces) || sizeOf(shape) > Number.MAX_SAFE_INTEGER)
    throw new ShapeError(
      `shape: at most 2^31 − 1 places along an axis, and less than 2^53 elements, are required, got ${formatShape(shape)}. Compute in parts.`,
    )
  return Object.freeze({ shape: Object.freeze([...shape]), dtype, weakType })
}

export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** Equal in shape and dtype; weakness is not compared. */
export const compatible = (a: Aval, b: Aval): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape)

export const sameAval = (a: Aval, b: Aval): boolean => compatible(a, b) && a.weakType === b.weakType

/** `f32[2,3]`; a weak type is marked with a star: `f32*[]`. */
export const formatAval = (a: Aval): string =>
  `${shortName(a.dtype)}${a.weakType ? '*' : ''}[${a.shape.join(',')}]`

export const formatShape = (shape: Shape): string => `[${shape.join(',')}]`
