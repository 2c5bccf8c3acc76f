import type { DType, TypedArray } from '../../ir/dtype.js'
import { BackendError } from '../../ir/errors.js'

/** The dtypes of gpu.js's arrays: 64-bit floats stay elsewhere. */
export const dtypes: readonly DType[] = ['float32', 'int32', 'uint32', 'bool']

export const dtypeOf = (data: TypedArray): DType => {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Uint32Array) return 'uint32'
  if (data instanceof Uint8Array) return 'bool'
  throw new BackendError(
    'gpujs: float32, int32, uint32 or bool is required, got float64. Convert with astype.',
  )
}
