import type { Tensor } from '../../src/graph/tensor.js'
import { maximum, minimum } from '../../src/ops/elementwise/maximum.js'
import { reshape } from '../../src/ops/movement/reshape.js'

/** Integers as a vector of positions on an axis of this size. */
export const clamped = (positions: Tensor, size: number): Tensor =>
  reshape(maximum(minimum(positions, size - 1), 0), [positions.size])
