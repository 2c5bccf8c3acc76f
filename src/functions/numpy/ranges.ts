import { optionsOf } from '../../graph/options.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import { fromHost, Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { allocate, type DType, fittedValue, isFloat } from '../../ir/dtype.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { add, mul } from '../../ops/elementwise/arithmetic.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { iota } from '../../ops/movement/iota.js'
import { type DTypeOption, dtypeOption, requireDTypeName } from './array.js'

/**
 * start, start + step, … before stop. int32 where all three are whole numbers, else float32.
 * @throws GradError on a step of 0, DTypeError on a number that the dtype does not hold
 * @example
 * ```ts
 * np.arange(4) // => [0, 1, 2, 3]
 * np.arange(1, 2, 0.25) // => [1, 1.25, 1.5, 1.75]
 * np.arange(3, { dtype: 'float32' }).dtype // => 'float32'
 * ```
 */
export function arange(stop: number, options?: DTypeOption): Tensor
export function arange(start: number, stop: number, options?: DTypeOption): Tensor
export function arange(start: number, stop: number, step: number, options?: DTypeOption): Tensor
export function arange(...args: readonly (number | DTypeOption | undefined)[]): Tensor {
  const isBound = (a: unknown): a is number => typeof a === 'number' || a instanceof Tensor
  const numbers = plainNumbers('arange', 'bounds', args.filter(isBound))
  const options = args.find((a): a is DTypeOption => !isBound(a))
  const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers
  if (step === 0 || !numbers.every(Number.isFinite)) {
    throw new GradError(
      `arange: finite bounds and a step other than 0 are required, got ${numbers.join(', ')}.`,
    )
  }
  const allIntegers = numbers.every(Number.isSafeInteger)
  const dtype = requireDTypeName(
    'arange',
    dtypeOption('arange', options) ?? (allIntegers ? 'int32' : 'float32'),
  )
  const length = Math.max(0, Math.ceil((stop - start) / step))
  return counting(length, start, step, dtype)
}

/** start + i·step for i < length, computed where it is used if that is exact, else rounded once from float64. */
const counting = (length: number, start: number, step: number, dtype: DType): Tensor => {
  const largest = Math.max(Math.abs(start), Math.abs(start + step * length), length)
  const exact = Number.isInteger(start) && Number.isInteger(step) && largest < 2 ** (isFloat(dtype) ? 24 : 31)
  const fits = dtype !== 'uint32' || (start >= 0 && step > 0)
  if (exact && fits && dtype !== 'bool') {
    const count = iota(dtype, [length], 0)
    const scaled = step === 1 ? count : mul(count, step)
    return start === 0 ? scaled : add(scaled, start)
  }
  return tabulated('arange', length, (i) => start + i * step, dtype)
}

const tabulated = (name: string, length: number, f: (i: number) => number, dtype: DType): Tensor => {
  const own = aval([length], dtype)
  const data = allocate(dtype, length)
  for (let i = 0; i < length; i++) data[i] = fittedValue(name, dtype, f(i))
  return fromHost(data, own)
}

export type LinspaceOptions = DTypeOption & { readonly endpoint?: boolean }

/**
 * `num` equally spaced numbers from start to stop, which is the last one unless `endpoint` is false.
 * @example
 * ```ts
 * np.linspace(0, 1, 5) // => [0, 0.25, 0.5, 0.75, 1]
 * np.linspace(0, 1, 4, { endpoint: false }) // => [0, 0.25, 0.5, 0.75]
 * ```
 */
export const linspace = (start: number, stop: number, num = 50, options?: LinspaceOptions): Tensor => {
  const { endpoint = true, dtype = 'float32' } = optionsOf('linspace', 'endpoint dtype', options)
  plainNumbers('linspace', 'start, stop and num', [start, stop, num])
  if (!Number.isInteger(num) || num < 0)
    throw new ShapeError(`linspace: a whole number of points is required, got ${num}.`)
  const gaps = endpoint ? num - 1 : num
  return tabulated(
    'linspace',
    num,
    (i) =>
      endpoint && i === num - 1 && i > 0 ? stop : start + (gaps === 0 ? 0 : (i * (stop - start)) / gaps),
    requireDTypeName('linspace', dtype),
  )
}

/**
 * Coordinate matrices of the grid spanned by vectors: one for each, all of one shape. With `xy` (the default)
 * the first two axes are swapped, as for images; with `ij` they are in the vectors' order.
 * @throws ShapeError unless all are vectors
 * @example
 * ```ts
 * np.meshgrid([np.array([1, 2]), np.array([3, 4])])[0] // => [[1, 2], [1, 2]]
 * ```
 */
export const meshgrid = (
  xs: readonly Tensor[],
  options?: { readonly indexing?: 'xy' | 'ij' },
): readonly Tensor[] => {
  const { indexing = 'xy' } = optionsOf('meshgrid', 'indexing', options)
  if (xs.some((x) => x.ndim !== 1)) {
    throw new ShapeError(`meshgrid: vectors are required, got ranks ${xs.map((x) => x.ndim).join(', ')}.`)
  }
  const axisOf = (i: number) => (indexing === 'xy' && i < 2 && xs.length > 1 ? 1 - i : i)
  const shape = xs.map((_, i) => xs[axisOf(i)].shape[0])
  return xs.map((x, i) => broadcastInDim(x, shape, [axisOf(i)]))
}
