import { fromHost, type Tensor } from '../../graph/tensor.js'
import { aval, type Shape } from '../../ir/aval.js'
import { allocate, type DType, fittedValue, isFloat, type NumericTypedArray } from '../../ir/dtype.js'
import { DTypeError } from '../../ir/errors.js'

const naturalType = (data: NumericTypedArray): DType =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof Float64Array
      ? 'float64'
      : data instanceof Uint32Array
        ? 'uint32'
        : 'int32'

/** Names of typed arrays whose elements are JS numbers, each with a dtype that holds all of them. */
const numeric = /^(Float(32|64)|U?int(8|16|32|8Clamped))Array$/i

/**
 * A copy of a typed array as a tensor, of its own type (8- and 16-bit ones are int32) unless `wanted` says otherwise.
 * @throws DTypeError on one whose elements are not numbers, and on a number that `wanted` does not hold
 */
export const fromTyped = (
  name: string,
  data: NumericTypedArray,
  wanted?: DType,
  shape: Shape = [data.length],
): Tensor => {
  if (!numeric.test(data.constructor.name))
    throw new DTypeError(
      `${name}: a Float32Array, a Float64Array or one of integers up to 32 bits is required, got a ${data.constructor.name}. Convert the elements to numbers.`,
    )
  const dtype = wanted ?? naturalType(data)
  const out = allocate(dtype, data.length)
  if (dtype === naturalType(data) || isFloat(dtype)) out.set(data)
  else for (let i = 0; i < data.length; i++) out[i] = fittedValue(name, dtype, data[i])
  return fromHost(out, aval(shape, dtype))
}
