import type { DType } from '../ir/dtype.js'

/** Makes a scalar once for each dtype that asks for it. @internal */
export const perDType = <T>(make: (dtype: DType) => T): ((dtype: DType) => T) => {
  const made = new Map<DType, T>()
  return (dtype) => {
    const known = made.get(dtype)
    if (known !== undefined) return known
    const value = make(dtype)
    made.set(dtype, value)
    return value
  }
}
