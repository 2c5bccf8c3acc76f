import { optionsOf } from '../../graph/options.js'
import { requireShape } from '../../graph/plainNumbers.js'
import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import { aval, type Shape } from '../../ir/aval.js'
import { type DType, fittedValue, type Weakness } from '../../ir/dtype.js'
import { convert } from '../../ops/elementwise/convert.js'
import { asType, kindOf, toTensor } from '../../ops/elementwise/lift.js'
import { repeatedTo } from './arrangement.js'
import { type DTypeOption, dtypeOption, requireDTypeName } from './array.js'

const filled = (
  name: string,
  shape: number | Shape,
  value: number,
  dtype: DType,
  weakType: Weakness = false,
): Tensor =>
  splat(
    fittedValue(name, requireDTypeName(name, dtype), value),
    aval(requireShape(name, shape), dtype, weakType),
  )

/**
 * Zeros; float32 unless `dtype` says otherwise. They take no storage until written out.
 * @example
 * ```ts
 * np.zeros([2, 2]) // => [[0, 0], [0, 0]]
 * np.zeros(2, { dtype: 'int32' }) // => [0, 0]
 * ```
 */
export const zeros = (shape: number | Shape, options?: DTypeOption): Tensor =>
  filled('zeros', shape, 0, dtypeOption('zeros', options) ?? 'float32')

/**
 * Ones; float32 unless `dtype` says otherwise.
 * @example
 * ```ts
 * np.ones([3]) // => [1, 1, 1]
 * ```
 */
export const ones = (shape: number | Shape, options?: DTypeOption): Tensor =>
  filled('ones', shape, 1, dtypeOption('ones', options) ?? 'float32')

/**
 * `value` everywhere: a number (float32), boolean (bool), or tensor that broadcasts to `shape`.
 * @example
 * ```ts
 * np.full([2], 7) // => [7, 7]
 * np.full([2, 2], np.array([1, 2])) // => [[1, 2], [1, 2]]
 * ```
 */
export const full = (shape: number | Shape, value: TensorLike, options?: DTypeOption): Tensor => {
  const dtype = dtypeOption('full', options)
  if (typeof value === 'number') return filled('full', shape, value, dtype ?? 'float32')
  return repeated('full', shape, value, dtype)
}

/** A tensor repeated. One that stands for a JS number loses its weak type, as the number itself would. */
const repeated = (
  name: string,
  shape: number | Shape,
  value: TensorLike,
  dtype?: DType,
  weakType: Weakness = false,
): Tensor => {
  const t = kindOf(value) === null ? toTensor(value) : asType(name, value, dtype ?? 'float32', weakType)
  const weak = dtype === undefined && kindOf(value) === null ? t.aval.weakType : weakType
  return convert(repeatedTo(name, t, requireShape(name, shape)), dtype ?? t.dtype, weak)
}

export type LikeOptions = DTypeOption & { readonly shape?: number | Shape }

/** `value` everywhere, of x's shape and dtype unless the options say otherwise. */
export const fullLike = (x: TensorLike, value: TensorLike, options?: LikeOptions): Tensor =>
  like('fullLike', x, value, options)

const like = (name: string, x: TensorLike, value: TensorLike, given?: LikeOptions): Tensor => {
  const options = optionsOf(name, 'dtype shape', given)
  const t = toTensor(x)
  const shape = options.shape ?? t.shape
  const dtype = options.dtype ?? t.dtype
  const weak = options.dtype === undefined && t.aval.weakType
  if (typeof value === 'number') return filled(name, shape, value, dtype, weak)
  return repeated(name, shape, value, dtype, kindOf(value) !== null && weak)
}

/** Zeros of x's shape and dtype. */
export const zerosLike = (x: TensorLike, options?: LikeOptions): Tensor => like('zerosLike', x, 0, options)

/** Ones of x's shape and dtype. */
export const onesLike = (x: TensorLike, options?: LikeOptions): Tensor => like('onesLike', x, 1, options)
