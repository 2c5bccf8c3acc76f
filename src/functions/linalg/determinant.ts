import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { abs, sign } from '../../ops/elementwise/abs.js'
import { add, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { eq, gt, lt } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { log } from '../../ops/elementwise/log.js'
import { and } from '../../ops/elementwise/logical.js'
import { select } from '../../ops/elementwise/select.js'
import { lu } from '../../ops/matrices/lu.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { iota } from '../../ops/movement/iota.js'
import { reduceProd } from '../../ops/reductions/reduceProd.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { fullLike } from '../../ops/rules/rules.js'
import { get } from '../numpy/indexing.js'
import { diagonal } from '../numpy/triangle.js'
import { squareMatrices } from './matrixOperands.js'

/** 1 or −1 for permutations of an even or odd number of inversions: i32[..., n] → [...] of the dtype of `like`. */
const parity = (permutation: Tensor, like: Tensor): Tensor => {
  const last = permutation.ndim - 1
  const n = permutation.shape[last]
  const pairs = [...permutation.shape, n]
  const lead = Array.from({ length: last }, (_, i) => i)
  const [first, second] = [last, last + 1].map((axis) => broadcastInDim(permutation, pairs, [...lead, axis]))
  const inOrder = lt(iota('int32', pairs, last), iota('int32', pairs, last + 1))
  const inversions = reduceSum(convert(and(inOrder, gt(first, second)), 'int32'), [last, last + 1])
  const isOdd = eq(and(inversions, 1), 1)
  const one = fullLike(convert(inversions, like.dtype), 1)
  return select(isOdd, fullLike(one, -1), one)
}

/** U's diagonal, and the sign of P, of P·A = L·U. */
const pivots = (a: Tensor): { readonly diagonalOfU: Tensor; readonly signOfP: Tensor } => {
  const [packed, permutation] = lu(a)
  return {
    diagonalOfU: diagonal(packed, { axis1: -2, axis2: -1 }),
    signOfP: parity(permutation, a),
  }
}

/** Σ over columns of the first row, of cofactors: polynomials, exact derivatives included, up to 3×3. */
const byCofactors = (a: Tensor, n: number): Tensor => {
  const e = (i: number, j: number) => get(a, '...', i, j)
  const minor = (i: number, j: number) => sub(mul(e(1, i), e(2, j)), mul(e(1, j), e(2, i)))
  if (n === 1) return e(0, 0)
  if (n === 2) return sub(mul(e(0, 0), e(1, 1)), mul(e(0, 1), e(1, 0)))
  return add(sub(mul(e(0, 0), minor(1, 2)), mul(e(0, 1), minor(0, 2))), mul(e(0, 2), minor(0, 1)))
}

/**
 * The determinant of matrices: [..., n, n] → [...]; 1 for n = 0. The derivative is exact everywhere for n ≤ 3;
 * for larger matrices, by elimination, it is NaN where the matrix is singular.
 * @throws ShapeError unless the last two axes are equal
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.det(np.array([[1, 2], [3, 4]])) // => -2
 * grad((a: Tensor) => linalg.det(a))(np.array([[1, 2], [3, 4]])) // => [[4, -3], [-2, 1]]
 * ```
 */
export const det = (a: TensorLike): Tensor => {
  const t = squareMatrices('det', a)
  const n = t.shape[t.ndim - 1]
  if (n >= 1 && n <= 3) return byCofactors(t, n)
  const { diagonalOfU, signOfP } = pivots(t)
  return mul(signOfP, reduceProd(diagonalOfU, [diagonalOfU.ndim - 1]))
}

/**
 * The sign (−1, 0 or 1) and the logarithm of the magnitude of determinants that over- or underflow:
 * [..., n, n] → [[...], [...]]. A singular matrix has sign 0 and logarithm −∞, and NaN for its derivative.
 * @throws ShapeError unless the last two axes are equal
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * const [sign, logabs] = linalg.slogdet(np.mul(np.eye(200), -1e-3))
 * sign // => 1
 * logabs // => -1381.551
 * ```
 */
export const slogdet = (a: TensorLike): readonly [Tensor, Tensor] => {
  const t = squareMatrices('slogdet', a)
  const { diagonalOfU, signOfP } = pivots(t)
  const axes = [diagonalOfU.ndim - 1]
  return [mul(signOfP, reduceProd(sign(diagonalOfU), axes)), reduceSum(log(abs(diagonalOfU)), axes)]
}

/**
 * log det A: [..., n, n] → [...]; −∞ for a singular matrix, NaN for a negative determinant.
 * @throws ShapeError unless the last two axes are equal
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.logdet(np.array([[2, 0], [0, 3]])) // => 1.792
 * ```
 */
export const logdet = (a: TensorLike): Tensor => {
  const [s, logabs] = slogdet(a)
  return select(lt(s, 0), fullLike(logabs, Number.NaN), logabs)
}
