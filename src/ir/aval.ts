import { type DType, type NumberKind, shortName, type Weakness } from './dtype.js'
import { ShapeError } from './errors.js'

export type Shape = readonly number[]

/** An abstract value: all that tracing knows of a tensor. */
export type Aval = { readonly shape: Shape; readonly dtype: DType; readonly weakType: Weakness }

/** The longest axis: places are int32. */
export const mostPlaces = 2 ** 31 - 1

/** @throws ShapeError where places along an axis are not int32, or numbers do not count the elements exactly */
export const aval = (shape: Shape, dtype: DType, weakType: Weakness = false): Aval => {
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

/** The element type that users see: of a JS number that nothing was computed with, the one that it has alone. */
export const publicType = ({ dtype, weakType }: Aval): DType =>
  typeof weakType === 'string' ? 'float32' : dtype

const numberNames: Record<NumberKind, string> = {
  natural: 'i',
  negative: '-i',
  unsigned: 'u',
  huge: 'I',
  fraction: 'f',
}

/** `f32[2,3]`; a weak type is marked with a star: `f32*[]`, and JS numbers have no width: `i*[]`, `f*[]`. */
export const formatAval = ({ dtype, weakType, shape }: Aval): string =>
  `${typeof weakType === 'string' ? numberNames[weakType] : shortName(dtype)}${weakType ? '*' : ''}[${shape.join(',')}]`

export const formatShape = (shape: Shape): string => `[${shape.join(',')}]`
