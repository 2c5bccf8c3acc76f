import { optionsOf } from '../../graph/options.js'
import { HostRef } from '../../graph/structuralKey.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { trace } from '../../graph/trace.js'
import { bindCustomJvp, type JvpFunction } from '../../ops/control/customJvp.js'
import { add, div, sub } from '../../ops/elementwise/arithmetic.js'
import { broadcastTo } from '../../ops/elementwise/lift.js'
import { cholesky as choleskyFactor } from '../../ops/matrices/cholesky.js'
import { lu, permuteRows } from '../../ops/matrices/lu.js'
import { triangularSolve as solveTriangular } from '../../ops/matrices/triangularSolve.js'
import { swapaxes } from '../numpy/arrangement.js'
import { matmul } from '../numpy/matmul.js'
import { eye } from '../numpy/triangle.js'
import { squareMatrices, system } from './matrixOperands.js'

export type CholeskyOptions = { readonly symmetrize?: boolean }

/**
 * Lower triangular L with L·Lᵀ = A, for symmetric positive definite A: [..., n, n] → the same. A is first made
 * symmetric, (A + Aᵀ)/2, so that its gradient is; with `symmetrize: false` the lower triangle alone is read.
 * Where A is not positive definite, the lower triangle of L is NaN.
 *
 * Every element of L·Lᵀ − A is within (n + 1)·ε·max A, also where A is nearly singular.
 * @throws ShapeError unless the last two axes are equal
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.cholesky(np.array([[4, 2], [2, 5]])) // => [[2, 0], [1, 2]]
 * linalg.cholesky(np.array([[1, 2], [2, 1]])) // => [[NaN, 0], [NaN, NaN]]
 * ```
 * @see Murray, Differentiation of the Cholesky decomposition (2016)
 */
export const cholesky = (a: TensorLike, options?: CholeskyOptions): Tensor => {
  const { symmetrize = true } = optionsOf('cholesky', 'symmetrize', options)
  const t = squareMatrices('cholesky', a)
  return choleskyFactor(symmetrize ? div(add(t, swapaxes(t, -1, -2)), 2) : t)
}

export type TriangularOptions = {
  readonly leftSide?: boolean
  readonly lower?: boolean
  readonly transposeA?: boolean
  readonly unitDiagonal?: boolean
}

/**
 * X with op(A)·X = B, or X·op(A) = B (`leftSide: false`), for triangular A, upper unless `lower`; op(A) is A, or
 * Aᵀ with `transposeA`. The other triangle is not read, nor the diagonal with `unitDiagonal` (it is ones then).
 * a [..., n, n]; b [n], [..., n, k], at the right [..., k, n]; leading axes broadcast. A zero on the diagonal
 * gives infinities and NaN.
 * @throws ShapeError where the sizes do not fit
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.triangularSolve(np.array([[2, 0], [1, 4]]), np.array([2, 9]), { lower: true }) // => [1, 2]
 * ```
 */
export const triangularSolve = (a: TensorLike, b: TensorLike, options?: TriangularOptions): Tensor => {
  const {
    leftSide = true,
    lower = false,
    transposeA = false,
    unitDiagonal = false,
  } = optionsOf('triangularSolve', 'leftSide lower transposeA unitDiagonal', options)
  const s = system('triangularSolve', a, b, leftSide ? 'left' : 'right')
  return s.restore(solveTriangular(s.a, s.b, { leftSide, lower, transposeA, unitDiagonal }))
}

/**
 * X with L·Lᵀ·X = B, for a lower triangular L, such as the result of `cholesky`: [..., n, n] and [n] or [..., n, k].
 * @throws ShapeError where the sizes do not fit
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * const a = np.array([[4, 2], [2, 5]])
 * linalg.choSolve(linalg.cholesky(a), np.array([8, 12])) // => [1, 2]
 * ```
 */
export const choSolve = (l: TensorLike, b: TensorLike): Tensor => {
  const s = system('choSolve', l, b)
  const params = { leftSide: true, lower: true, unitDiagonal: false }
  const half = solveTriangular(s.a, s.b, { ...params, transposeA: false })
  return s.restore(solveTriangular(s.a, half, { ...params, transposeA: true }))
}

/** X with A·X = B by the factors of A: L·U·X = P·B. */
const solveFactored = ([packed, permutation]: readonly [Tensor, Tensor], b: Tensor): Tensor => {
  const params = { leftSide: true, transposeA: false }
  const half = solveTriangular(packed, permuteRows(b, permutation), {
    ...params,
    lower: true,
    unitDiagonal: true,
  })
  return solveTriangular(packed, half, { ...params, lower: false, unitDiagonal: false })
}

/**
 * dX = A⁻¹·(dB − dA·X): two substitutions with the known factors, where the derivative of the
 * factors themselves would cost as much as several factorizations.
 */
const solveRule = new HostRef<JvpFunction>('solve', ([a, b], [da, db]) => {
  const factors = lu(a)
  const x = solveFactored(factors, b)
  return { outs: [x], tangents: [solveFactored(factors, sub(db, matmul(da, x)))] }
})

const solveMatrices = (a: Tensor, b: Tensor): Tensor => {
  const { graph } = trace('solve', [a.aval, b.aval], ([x, y]) => [solveFactored(lu(x), y)])
  return bindCustomJvp([a, b], { name: 'solve', graph, captures: 0, rule: solveRule })[0]
}

/**
 * X with A·X = B, by elimination with partial pivoting: a [..., n, n]; b [n] or [..., n, k]; leading axes
 * broadcast. A singular A gives infinities and NaN.
 *
 * ‖A·X − B‖ ≤ 3·n·ε·‖|L|·|U|‖·‖X‖ in the maximum norm, L and U the factors of A, whatever its condition.
 * @throws ShapeError where the sizes do not fit
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.solve(np.array([[0, 2], [1, 1]]), np.array([4, 3])) // => [1, 2]
 * ```
 * @see Higham, Accuracy and Stability of Numerical Algorithms (2002), theorem 9.4
 */
export const solve = (a: TensorLike, b: TensorLike): Tensor => {
  const s = system('solve', a, b)
  return s.restore(solveMatrices(s.a, s.b))
}

/**
 * A⁻¹: [..., n, n] → the same. Infinities and NaN where A is singular. `solve(a, b)` is faster and more exact
 * than `inv(a)` times b.
 * @throws ShapeError unless the last two axes are equal
 * @example
 * ```ts
 * import * as linalg from 'grad-ts/linalg'
 *
 * linalg.inv(np.array([[2, 0], [0, 4]])) // => [[0.5, 0], [0, 0.25]]
 * ```
 */
export const inv = (a: TensorLike): Tensor => {
  const t = squareMatrices('inv', a)
  const n = t.shape[t.ndim - 1]
  return solveMatrices(t, broadcastTo(eye(n, n, 0, { dtype: t.dtype }), t.shape))
}
