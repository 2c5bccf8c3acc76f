import type { DType } from '../../ir/dtype.js'

/** The lowest value of the dtype: the start of a maximum. */
export const lowest: Record<DType, number> = {
  float32: -Infinity,
  float64: -Infinity,
  int32: -2147483648,
  uint32: 0,
  bool: 0,
}

/** The highest value of the dtype: the start of a minimum. */
export const highest: Record<DType, number> = {
  float32: Infinity,
  float64: Infinity,
  int32: 2147483647,
  uint32: 4294967295,
  bool: 1,
}
