import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { broadcastShapes, broadcastTo, promote, toFloat } from '../../ops/elementwise/lift.js'
import { requireSquare } from '../../ops/matrices/cholesky.js'
import { expandDims, squeeze } from '../numpy/arrangement.js'

/** Square matrices of floats on the last two axes. @throws ShapeError on others */
export const squareMatrices = (name: string, a: TensorLike): Tensor => {
  const t = toFloat(a)
  requireSquare(name, t.aval)
  return t
}

/** A right-hand side as matrices, where a vector is a column. */
export type System = {
  readonly a: Tensor
  readonly b: Tensor
  /** The solution in the form of the right-hand side that was given. */
  restore(x: Tensor): Tensor
}

/**
 * Square a [..., n, n] and b [n] or [..., n, k] (`columns`: or [..., k, n]) of one float dtype, leading axes broadcast.
 * @throws ShapeError where the sizes do not fit
 */
export const system = (
  name: string,
  a: TensorLike,
  b: TensorLike,
  side: 'left' | 'right' = 'left',
): System => {
  const [left, right] = promote(name, [toFloat(a), toFloat(b)])
  const n = requireSquare(name, left.aval)
  const isVector = right.ndim === 1
  const axis = side === 'left' ? -1 : 0
  const matrix = isVector ? expandDims(right, axis) : right
  if (right.ndim === 0 || matrix.shape[matrix.ndim - (side === 'left' ? 2 : 1)] !== n) {
    throw new ShapeError(
      `${name}: a right-hand side of ${n} ${side === 'left' ? 'rows' : 'columns'} is required, got ${formatAval(toFloat(b).aval)} for ${formatAval(toFloat(a).aval)}. Transpose it?`,
    )
  }
  const lead = broadcastShapes(name, [left.shape.slice(0, -2), matrix.shape.slice(0, -2)])
  const spread = (t: Tensor) =>
    sameShape(t.shape.slice(0, -2), lead) ? t : broadcastTo(t, [...lead, ...t.shape.slice(-2)])
  return {
    a: spread(left),
    b: spread(matrix),
    restore: (x) => (isVector ? squeeze(x, side === 'left' ? -1 : -2) : x),
  }
}
