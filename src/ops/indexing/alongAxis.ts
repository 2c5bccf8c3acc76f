import type { Tensor } from '../../graph/tensor.js'
import { iota } from '../movement/iota.js'
import { gather } from './gather.js'

/** out[…i…] = x[…positions[…i…]…] along an axis; the other sizes of x and `positions` (int32) are equal. */
export const gatherAlong = (x: Tensor, positions: Tensor, axis: number): Tensor =>
  gather(
    x,
    positions.shape.map((_, i) => (i === axis ? positions : iota('int32', positions.shape, i))),
    positions.shape.map((_, i) => i),
  )
