import type { Tensor } from '../../graph/tensor.js'
import { broadcastInDim } from './broadcast.js'
import { iota } from './iota.js'
import { transpose } from './transpose.js'

/** x with a leading batch axis: its own, or one along which it is repeated. */
export const withBatchAxis = (size: number, x: Tensor, batched: boolean): Tensor =>
  batched
    ? x
    : broadcastInDim(
        x,
        [size, ...x.shape],
        x.shape.map((_, i) => i + 1),
      )

/** Axis `from` of x moved to place `to`; the others keep their order. */
export const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  const perm = x.shape.map((_, i) => i).filter((i) => i !== from)
  perm.splice(to, 0, from)
  return transpose(x, perm)
}

/** Indices with a batch axis, for a tensor whose batch axis is indexed too: its own position leads. */
export const batchIndices = (
  size: number,
  indices: readonly Tensor[],
  batched: readonly boolean[],
): readonly Tensor[] => {
  const all = indices.map((index, k) => withBatchAxis(size, index, batched[k]))
  return [broadcastInDim(iota('int32', [size], 0), all[0].shape, [0]), ...all]
}
