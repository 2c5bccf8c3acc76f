import { type Shape, sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { HostRoutine } from '../../../ir/program.js'

/** The size of square matrices on the last two axes, and how many there are. */
const matrices = (shape: Shape): { readonly n: number; readonly count: number } => ({
  n: shape[shape.length - 1],
  count: sizeOf(shape.slice(0, -2)),
})

/**
 * Row by row, L[i,j] = (A[i,j] − Σ_{k<j} L[i,k]·L[j,k]) / L[j,j], the root on the diagonal; in double precision.
 * Only the lower triangle is read. Returns whether the matrix is positive definite.
 */
const factorize = (l: Float64Array, n: number): boolean => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = l[i * n + j]
      for (let k = 0; k < j; k++) rest -= l[i * n + k] * l[j * n + k]
      if (i !== j) l[i * n + j] = rest / l[j * n + j]
      else if (rest > 0) l[i * n + i] = Math.sqrt(rest)
      else return false
    }
  }
  return true
}

/** Cholesky factors, NaN in the lower triangle of those that do not exist; 0 above. */
export const compileCholesky = (shape: Shape): ((a: TypedArray, out: TypedArray) => void) => {
  const { n, count } = matrices(shape)
  return (a, out) => {
    const work = new Float64Array(n * n)
    for (let m = 0; m < count; m++) {
      const from = m * n * n
      work.set(a.subarray(from, from + n * n))
      if (!factorize(work, n)) work.fill(Number.NaN)
      for (let i = 0; i < n; i++) work.fill(0, i * n + i + 1, (i + 1) * n)
      out.set(work, from)
    }
  }
}

/** op(A)·x = b for one vector, forwards (`lower`) or backwards; b is replaced by x. In double precision. */
const substitute = (
  a: Float64Array,
  n: number,
  x: Float64Array,
  lower: boolean,
  unitDiagonal: boolean,
): void => {
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step
    const [from, to] = lower ? [0, i] : [i + 1, n]
    let rest = x[i]
    for (let j = from; j < to; j++) rest -= a[i * n + j] * x[j]
    x[i] = unitDiagonal ? rest : rest / a[i * n + i]
  }
}

/** Triangular systems, one for each column of b (left) or each row (right: x·op(A) = b is op(A)ᵀ·xᵀ = bᵀ). */
export const compileTriangularSolve = (
  { leftSide, lower, transposeA, unitDiagonal }: Extract<HostRoutine, { routine: 'triangularSolve' }>,
  shape: Shape,
): ((a: TypedArray, b: TypedArray, out: TypedArray) => void) => {
  const [rows, columns] = shape.slice(-2)
  const n = leftSide ? rows : columns
  const systems = leftSide ? columns : rows
  const count = sizeOf(shape.slice(0, -2))
  const transposed = transposeA === leftSide
  const stride = leftSide ? columns : 1
  return (a, b, out) => {
    const matrix = new Float64Array(n * n)
    const x = new Float64Array(n)
    for (let m = 0; m < count; m++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) matrix[i * n + j] = a[m * n * n + (transposed ? j * n + i : i * n + j)]
      }
      for (let s = 0; s < systems; s++) {
        const start = m * n * systems + s * (leftSide ? 1 : n)
        for (let i = 0; i < n; i++) x[i] = b[start + i * stride]
        substitute(matrix, n, x, lower !== transposed, unitDiagonal)
        for (let i = 0; i < n; i++) out[start + i * stride] = x[i]
      }
    }
  }
}

/** The row from `k` down with the greatest magnitude in column k, the first of equal ones. */
const pivotRow = (a: Float64Array, n: number, k: number): number => {
  let pivot = k
  for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i
  return pivot
}

/**
 * Gaussian elimination with partial pivoting in place, in double precision: L below the diagonal, U on and
 * above it. A column without a pivot is left as it is. `order` gets the rows of A that came to each place.
 */
const eliminate = (a: Float64Array, n: number, order: Int32Array): void => {
  for (let i = 0; i < n; i++) order[i] = i
  for (let k = 0; k < n; k++) {
    const pivot = pivotRow(a, n, k)
    if (pivot !== k) {
      ;[order[k], order[pivot]] = [order[pivot], order[k]]
      for (let j = 0; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[k * n + j]]
    }
    if (a[k * n + k] === 0) continue
    for (let i = k + 1; i < n; i++) {
      a[i * n + k] /= a[k * n + k]
      const factor = a[i * n + k]
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j]
    }
  }
}

/** Packed L and U of row-permuted matrices, and the permutations. */
export const compileLU = (
  shape: Shape,
): ((a: TypedArray, packed: TypedArray, permutation: TypedArray) => void) => {
  const { n, count } = matrices(shape)
  return (a, packed, permutation) => {
    const work = new Float64Array(n * n)
    const order = new Int32Array(n)
    for (let m = 0; m < count; m++) {
      const from = m * n * n
      work.set(a.subarray(from, from + n * n))
      eliminate(work, n, order)
      packed.set(work, from)
      permutation.set(order, m * n)
    }
  }
}
