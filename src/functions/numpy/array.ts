import { describe } from '../../graph/describe.js'
import { optionsOf } from '../../graph/options.js'
import { fromHost, Tensor, type TensorLike } from '../../graph/tensor.js'
import { aval, formatShape, type Shape, sizeOf } from '../../ir/aval.js'
import { allocate, type DType, dtypes, fittedValue } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { convert } from '../../ops/elementwise/convert.js'
import { asType, kindOf, promote, toTensor } from '../../ops/elementwise/lift.js'
import { fromTyped } from '../../ops/elementwise/typedArray.js'
import { concatenate } from '../../ops/movement/concatenate.js'
import { reshape } from '../../ops/movement/reshape.js'

/** Numbers, booleans, tensors and typed arrays in arrays of arrays. */
export type NestedValues = TensorLike | readonly NestedValues[]

/** The values that `array` accepts. */
export type ArrayLike = NestedValues

export type DTypeOption = { readonly dtype?: DType }

/** The element type among a function's options, if any. @internal */
export const dtypeOption = (name: string, options: DTypeOption | undefined): DType | undefined =>
  optionsOf(name, 'dtype', options).dtype

/** @throws DTypeError unless `dtype` is the name of an element type */
export const requireDTypeName = (name: string, dtype: DType): DType => {
  if (!dtypes.includes(dtype))
    throw new DTypeError(`${name}: one of ${dtypes.join(', ')} is required, got ${dtype}.`)
  return dtype
}

/**
 * A tensor from numbers, booleans, nested arrays of them, a typed array, or tensors and typed arrays to stack.
 *
 * Numbers become float32, booleans alone bool; typed arrays keep their type (8- and 16-bit ones become int32).
 * `dtype` sets another, `shape` another shape of the same size. The elements are copied.
 * @throws DTypeError on a number that `dtype` does not hold: NaN of integers, or one out of range
 * @throws ShapeError on ragged nesting or a shape of another size
 * @example
 * ```ts
 * np.array([[1, 2], [3, 4]]).shape // => [2, 2]
 * np.array([1, 2, 3, 4], { shape: [2, 2], dtype: 'int32' }) // => [[1, 2], [3, 4]]
 * np.array([true, false]).dtype // => 'bool'
 * np.array([new Float32Array([1, 2]), new Float32Array([3, 4])]) // => [[1, 2], [3, 4]]
 * np.array([[1, 2], [3]]) // => throws ShapeError: ragged
 * ```
 */
export const array = (values: ArrayLike, given?: DTypeOption & { readonly shape?: Shape }): Tensor => {
  const options = optionsOf('array', 'dtype shape', given)
  if (options.dtype !== undefined) requireDTypeName('array', options.dtype)
  const { shape } = options
  // large arrays are copied once only
  if (ArrayBuffer.isView(values) && shape?.every((d) => d >= 0) && sizeOf(shape) === values.length)
    return fromTyped('array', values, options.dtype, shape)
  const made = build(values, options.dtype)
  if (shape === undefined) return made
  if (shape.includes(-1) || sizeOf(shape) === made.size) return reshape(made, shape)
  throw new ShapeError(
    `array: ${sizeOf(shape)} elements are required for shape ${formatShape(shape)}, got ${made.size}.`,
  )
}

const build = (values: ArrayLike, dtype: DType | undefined): Tensor => {
  if (values instanceof Tensor) return asType('array', values, dtype ?? values.dtype)
  if (typeof values === 'number') return asType('array', values, dtype ?? 'float32')
  if (typeof values === 'boolean') return asType('array', toTensor(values), dtype ?? 'bool')
  if (ArrayBuffer.isView(values)) return fromTyped('array', values, dtype)
  if (!Array.isArray(values)) {
    throw new DTypeError(`array: numbers, booleans, arrays or tensors are required, got ${describe(values)}.`)
  }
  return containsTensor(values) ? stacked(values, dtype) : fromNested(values, dtype)
}

const containsTensor = (values: NestedValues): boolean =>
  Array.isArray(values) ? values.some(containsTensor) : values instanceof Tensor || ArrayBuffer.isView(values)

/** The shape of nested arrays, read along their first elements. */
const nestedShape = (values: NestedValues): number[] => {
  const shape: number[] = []
  for (let at = values; Array.isArray(at); at = at[0]) shape.push(at.length)
  return shape
}

const fromNested = (values: readonly NestedValues[], wanted: DType | undefined): Tensor => {
  const shape = nestedShape(values)
  const flat: number[] = []
  let booleans = 0
  const walk = (v: NestedValues, depth: number, path: string): void => {
    if (Array.isArray(v)) {
      if (depth >= shape.length || v.length !== shape[depth]) throw ragged(shape, path, `[${v.length}]`)
      v.forEach((e: NestedValues, i) => {
        walk(e, depth + 1, `${path}[${i}]`)
      })
      return
    }
    if (typeof v !== 'number' && typeof v !== 'boolean') {
      throw new DTypeError(`array: a number or boolean is required at ${path}, got ${describe(v)}.`)
    }
    if (depth !== shape.length) throw ragged(shape, path, String(v))
    if (typeof v === 'boolean') booleans++
    flat.push(Number(v))
  }
  walk(values, 0, 'values')
  const dtype = wanted ?? (booleans > 0 && booleans === flat.length ? 'bool' : 'float32')
  const data = allocate(dtype, flat.length)
  for (let i = 0; i < flat.length; i++) data[i] = fittedValue('array', dtype, flat[i])
  return fromHost(data, aval(shape, dtype))
}

const ragged = (shape: Shape, path: string, got: string): ShapeError =>
  new ShapeError(
    `array: nested arrays of equal lengths ${formatShape(shape)} are required, got ragged ones: ${got} at ${path}.`,
  )

/** A JS number, traced or not. */
const isNumber = (v: NestedValues): v is number | Tensor =>
  !Array.isArray(v) && kindOf(v as TensorLike) !== null

/** Tensors and numbers of one shape, stacked along a new first axis at each level. */
const stacked = (values: readonly NestedValues[], dtype: DType | undefined): Tensor => {
  const parts = promote(
    'array',
    values.map((v) => (isNumber(v) ? v : build(v, dtype))),
  )
  const { shape } = parts[0]
  if (parts.some((p) => p.ndim !== shape.length || p.shape.some((d, i) => d !== shape[i]))) {
    throw new ShapeError(
      `array: parts of one shape are required, got ragged ones: ${parts.map((p) => formatShape(p.shape)).join(', ')}.`,
    )
  }
  const rows = parts.map((p) => reshape(convert(p, dtype ?? p.dtype), [1, ...shape]))
  return concatenate(rows, 0)
}

/** x itself if it is a tensor, else `array(x)`. */
export const asarray = (x: ArrayLike, options?: DTypeOption): Tensor => {
  const dtype = dtypeOption('asarray', options)
  return x instanceof Tensor && (dtype === undefined || dtype === x.dtype) ? x : array(x, { dtype })
}

/**
 * x with elements of another type. Floats truncate toward zero to integers, saturating, NaN → 0;
 * numbers become `x ≠ 0` as bool. A derivative passes between float types only.
 * @example
 * ```ts
 * np.astype(np.array([1.7, -1.7]), 'int32') // => [1, -1]
 * ```
 */
export const astype = (x: TensorLike, dtype: DType): Tensor =>
  array(x, { dtype: requireDTypeName('astype', dtype) })
