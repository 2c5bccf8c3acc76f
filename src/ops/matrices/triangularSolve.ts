import { bind1 } from '../../graph/bind.js'
import { type Batched, definePrimitive, isLinear } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, sameShape } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { neg } from '../elementwise/arithmetic.js'
import { moveAxis, withBatchAxis } from '../movement/batching.js'
import { reshape } from '../movement/reshape.js'
import { mapped, only } from '../rules/rules.js'
import { requireSquare } from './cholesky.js'
import { lowerTriangle, product, transposed, upperTriangle } from './matrixParts.js'

export type TriangularParams = {
  /** op(A)·X = B, else X·op(A) = B. */
  readonly leftSide: boolean
  /** The lower triangle of A is read, else the upper one. */
  readonly lower: boolean
  /** op(A) is Aᵀ, else A. */
  readonly transposeA: boolean
  /** The diagonal counts as ones, and is not read. */
  readonly unitDiagonal: boolean
}

const solution = ([a, b]: readonly Aval[], { leftSide }: TriangularParams): Aval => {
  const n = requireSquare('triangularSolve', a)
  const rank = b.shape.length
  if (!sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) || rank !== a.shape.length) {
    throw new ShapeError(
      `triangularSolve: equal leading axes are required, got ${formatAval(a)} and ${formatAval(b)}. Broadcast first.`,
    )
  }
  if (b.shape[leftSide ? rank - 2 : rank - 1] !== n) {
    throw new ShapeError(
      `triangularSolve: ${n} ${leftSide ? 'rows' : 'columns'} of the right-hand side are required, got ${formatAval(b)} for ${formatAval(a)}. Transpose it, or solve on the other side?`,
    )
  }
  if (a.dtype !== b.dtype) {
    throw new DTypeError(
      `triangularSolve: equal dtypes are required, got ${formatAval(a)} and ${formatAval(b)}. Convert with astype.`,
    )
  }
  return aval(b.shape, b.dtype, a.weakType && b.weakType)
}

/** The triangle of A's tangent that is read, transposed where op(A) is. */
const readPart = (da: Tensor, { lower, transposeA, unitDiagonal }: TriangularParams): Tensor => {
  const part = lower ? lowerTriangle(da, unitDiagonal ? -1 : 0) : upperTriangle(da, unitDiagonal ? 1 : 0)
  return transposeA ? transposed(part) : part
}

/** One matrix for the whole batch: the batch becomes further columns (left) or rows (right) of one right-hand side. */
const solveSide = (a: Tensor, b: Tensor, params: TriangularParams): Batched => {
  const beside = b.ndim - 2
  const apart = moveAxis(b, 0, beside)
  const [size, rows, columns] = [b.shape[0], ...b.shape.slice(-2)]
  const merged = params.leftSide ? [rows, size * columns] : [rows * size, columns]
  const x = triangularSolve(a, reshape(apart, [...a.shape.slice(0, -2), ...merged]), params)
  return mapped(moveAxis(reshape(x, apart.shape), beside, 0))
}

/**
 * X with op(A)·X = B, or X·op(A) = B; A triangular, the other triangle not read. Linear in B: B ← the same with
 * the transposed matrix.
 *
 * dX = op(A)⁻¹·(dB − op(dA)·X), or (dB − X·op(dA))·op(A)⁻¹
 */
export const triangularSolveP = definePrimitive<TriangularParams>({
  name: 'triangularSolve',
  abstractEval: (avals, params) => [solution(avals, params)],
  jvp: [
    (da, [a], x, params) => {
      const part = readPart(da, params)
      return neg(triangularSolve(a, params.leftSide ? product(part, x) : product(x, part), params))
    },
    (db, [a], _x, params) => triangularSolve(a, db, params),
  ],
  linearize: 'fromJvp',
  transpose: (cts, [a, b], params) => [
    null,
    isLinear(b)
      ? triangularSolve(a as Tensor, only(cts), { ...params, transposeA: !params.transposeA })
      : null,
  ],
  batch: (size, [a, b], [aBatched, bBatched], params) =>
    aBatched ? mapped(triangularSolve(a, withBatchAxis(size, b, bBatched), params)) : solveSide(a, b, params),
  lower: (_avals, params) => ({ kind: 'host', call: { routine: 'triangularSolve', ...params } }),
})

/**
 * X with op(A)·X = B (`leftSide`), or X·op(A) = B, for triangular A: a [..., n, n], b [..., n, k] or [..., k, n],
 * equal leading axes. A zero on the diagonal gives infinities and NaN, as division does.
 */
export const triangularSolve = (a: Tensor, b: Tensor, params: TriangularParams): Tensor =>
  bind1(triangularSolveP, [a, b], params)
