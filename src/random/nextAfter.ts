import type { FloatDType } from './floatDType.js'

/**
 * The neighbour of x in the direction of ±∞ among the numbers of a dtype; `x` is such a number.
 * @internal
 */
export const nextAfter = (x: number, direction: 1 | -1, dtype: FloatDType): number => {
  if (Number.isNaN(x) || x === direction * Infinity) return x
  const float = dtype === 'float32' ? new Float32Array([x]) : new Float64Array([x])
  if (x === 0) return dtype === 'float32' ? direction * 2 ** -149 : direction * Number.MIN_VALUE
  // The bits of a positive float, read as an integer, grow with it.
  const step = x > 0 ? direction : -direction
  if (dtype === 'float32') new Int32Array(float.buffer)[0] += step
  else new BigInt64Array(float.buffer)[0] += BigInt(step)
  return float[0]
}
