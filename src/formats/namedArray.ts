import { type DType, shortName, type TypedArray } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'

/** An array on the host, dense and row-major; `bool` is one byte an element, 0 or 1. */
export type HostArray = {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** Arrays by name. */
export type NamedArrays = { readonly [name: string]: HostArray }

type Storage = { new (buffer: ArrayBuffer): TypedArray; readonly name: string }

const storage: { readonly [D in DType]: Storage } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
}

/** Reads `bytes` as elements of `dtype`; `bytes` must own its whole buffer. */
export const elementsOf = (dtype: DType, bytes: Uint8Array<ArrayBuffer>): TypedArray =>
  new storage[dtype](bytes.buffer)

/** The number of elements of `shape`. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

/** `float32[2,3]` is written `f32[2,3]`. */
export const showArrayType = ({ dtype, shape }: Pick<HostArray, 'dtype' | 'shape'>): string =>
  `${shortName(dtype)}[${shape.join(',')}]`

/** @throws GradError where data, shape and dtype don't agree: a fault of the caller, not of a file. */
export const assertHostArray = (name: string, array: HostArray): void => {
  const { dtype, shape, data } = array
  if (!(data instanceof storage[dtype])) {
    throw new GradError(
      `${name}: a ${storage[dtype].name} is required for ${dtype}, got ${data.constructor.name}.`,
    )
  }
  if (data.length !== elementCount(shape)) {
    throw new GradError(
      `${name}: ${elementCount(shape)} elements are required for ${showArrayType(array)}, got ${data.length}.`,
    )
  }
}
