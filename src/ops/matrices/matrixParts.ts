import type { Tensor } from '../../graph/tensor.js'
import type { Shape } from '../../ir/aval.js'
import { add } from '../elementwise/arithmetic.js'
import { ge } from '../elementwise/comparison.js'
import { select } from '../elementwise/select.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { iota } from '../movement/iota.js'
import { transpose } from '../movement/transpose.js'
import { zerosLike } from '../rules/rules.js'
import { dotGeneral } from './dotGeneral.js'

/** True on and below diagonal k of a matrix. */
export const isLower = (shape: Shape, k: number): Tensor =>
  ge(add(iota('int32', shape, 0), k), iota('int32', shape, 1))

const mask = (x: Tensor, k: number): Tensor => {
  const [row, column] = [x.ndim - 2, x.ndim - 1]
  return broadcastInDim(isLower([x.shape[row], x.shape[column]], k), x.shape, [row, column])
}

/** Matrices on the last two axes with zeros above diagonal k. */
export const lowerTriangle = (x: Tensor, k = 0): Tensor => select(mask(x, k), x, zerosLike(x))

/** Matrices on the last two axes with zeros below diagonal k. */
export const upperTriangle = (x: Tensor, k = 0): Tensor => select(mask(x, k - 1), zerosLike(x), x)

/** The transposes of matrices on the last two axes. */
export const transposed = (x: Tensor): Tensor => {
  const lead = Array.from({ length: x.ndim - 2 }, (_, i) => i)
  return transpose(x, [...lead, x.ndim - 1, x.ndim - 2])
}

/** Products of matrices on the last two axes: [..., m, k] · [..., k, n] → [..., m, n], equal leading axes. */
export const product = (x: Tensor, y: Tensor): Tensor => {
  const batch = Array.from({ length: x.ndim - 2 }, (_, i) => i)
  return dotGeneral(x, y, {
    lhsContract: [x.ndim - 1],
    rhsContract: [x.ndim - 2],
    lhsBatch: batch,
    rhsBatch: batch,
  })
}
