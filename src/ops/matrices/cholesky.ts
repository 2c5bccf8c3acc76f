import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { add, div, sub } from '../elementwise/arithmetic.js'
import { mapped, requireDType } from '../rules/rules.js'
import { lowerTriangle, product, transposed } from './matrixParts.js'
import { triangularSolve } from './triangularSolve.js'

/** The size of square matrices on the last two axes. @throws ShapeError, DTypeError on others */
export const requireSquare = (name: string, a: Aval): number => {
  const [rows, columns] = a.shape.slice(-2)
  if (a.shape.length < 2 || rows !== columns) {
    throw new ShapeError(`${name}: square matrices on the last two axes are required, got ${formatAval(a)}.`)
  }
  requireDType(name, 'float', a)
  return rows
}

/** The lower triangle with half of the diagonal: Φ(X) + Φ(X)ᵀ = X for symmetric X. */
const halved = (x: Tensor): Tensor => {
  const lower = lowerTriangle(x)
  return sub(lower, div(sub(lower, lowerTriangle(x, -1)), 2))
}

/**
 * Lower triangular L with L·Lᵀ = A, for symmetric positive definite matrices; their lower triangles alone are read.
 *
 * dL = L·Φ(L⁻¹·dA·L⁻ᵀ), dA made symmetric from its lower triangle
 * @see Murray, Differentiation of the Cholesky decomposition (2016), eq. 8
 */
export const choleskyP = definePrimitive<NoParams>({
  name: 'cholesky',
  abstractEval: ([a]) => {
    requireSquare('cholesky', a)
    return [aval(a.shape, a.dtype, a.weakType)]
  },
  jvp: [
    (da, _primals, l) => {
      const symmetric = add(lowerTriangle(da), transposed(lowerTriangle(da, -1)))
      const plain = { lower: true, unitDiagonal: false }
      const left = triangularSolve(l, symmetric, { ...plain, leftSide: true, transposeA: false })
      const both = triangularSolve(l, left, { ...plain, leftSide: false, transposeA: true })
      return product(l, halved(both))
    },
  ],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [a]) => mapped(cholesky(a)),
  lower: () => ({ kind: 'host', call: { routine: 'cholesky' } }),
})

/**
 * Lower triangular L with L·Lᵀ = A: [..., n, n] → the same. The lower triangle of A is read. Where A is not
 * positive definite, the lower triangle is NaN; above it is 0.
 */
export const cholesky = (a: Tensor): Tensor => bind1(choleskyP, [a], {})
