import { bind } from '../../graph/bind.js'
import { definePrimitive, isZero, type NoParams, Zero } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { add } from '../elementwise/arithmetic.js'
import { gatherAlong } from '../indexing/gather.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { fullLike } from '../rules/rules.js'
import { requireSquare } from './cholesky.js'
import { lowerTriangle, product, upperTriangle } from './matrixParts.js'
import { triangularSolve } from './triangularSolve.js'

/** The rows of matrices in the order of a permutation: out[…i,j] = x[…permutation[…i],j]. */
export const permuteRows = (x: Tensor, permutation: Tensor): Tensor => {
  const row = x.ndim - 2
  const dims = Array.from({ length: x.ndim - 1 }, (_, i) => i)
  return gatherAlong(x, broadcastInDim(permutation, x.shape, dims), row)
}

/** Matrices with zeros off the diagonal. */
const onDiagonal = (x: Tensor): Tensor => lowerTriangle(upperTriangle(x))

/**
 * P·A = L·U by Gaussian elimination with partial pivoting: L (unit diagonal, not stored) and U in one matrix, and
 * the permutation, row i of P·A being row permutation[i] of A.
 *
 * d(LU) = L·tril(F, −1) + triu(F)·U, F = L⁻¹·P·dA·U⁻¹; the permutation is constant
 * @see de Hoog, Anderssen, Lukas, Differentiation of matrix functionals using triangular factorization (2011)
 */
export const luP = definePrimitive<NoParams>({
  name: 'lu',
  abstractEval: ([a]) => {
    requireSquare('lu', a)
    return [aval(a.shape, a.dtype, a.weakType), aval(a.shape.slice(0, -1), 'int32')]
  },
  jvp: {
    whole: ([a], [da]) => {
      const [packed, permutation] = lu(a)
      const outs = [packed, permutation]
      if (isZero(da)) return { outs, tangents: outs.map((t) => new Zero(t.aval)) }
      const side = { transposeA: false, lower: true, leftSide: true, unitDiagonal: true }
      const half = triangularSolve(packed, permuteRows(da, permutation), side)
      const f = triangularSolve(packed, half, {
        ...side,
        lower: false,
        leftSide: false,
        unitDiagonal: false,
      })
      const l = add(lowerTriangle(packed, -1), onDiagonal(fullLike(a, 1)))
      const tangent = add(product(l, lowerTriangle(f, -1)), product(upperTriangle(f), upperTriangle(packed)))
      return { outs, tangents: [tangent, new Zero(permutation.aval)] }
    },
  },
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [a]) => ({ outs: lu(a), batched: [true, true] }),
  lower: () => ({ kind: 'host', call: { routine: 'lu' } }),
})

/**
 * The packed factors and the permutation of P·A = L·U: [..., n, n] → [..., n, n] and i32[..., n]. Among equal
 * pivots the first is taken; a singular matrix has a 0 on U's diagonal.
 */
export const lu = (a: Tensor): readonly [Tensor, Tensor] => {
  const [packed, permutation] = bind(luP, [a], {})
  return [packed, permutation]
}
