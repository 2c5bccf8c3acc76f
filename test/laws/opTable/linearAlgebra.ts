import * as fc from 'fast-check'
import type { NoParams } from '../../../src/graph/primitive.js'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import { choleskyP } from '../../../src/ops/matrices/cholesky.js'
import { luP } from '../../../src/ops/matrices/lu.js'
import { type TriangularParams, triangularSolveP } from '../../../src/ops/matrices/triangularSolve.js'
import type { Plain } from '../plain.js'
import { reals } from './elements.js'
import { notElementwise } from './movement.js'
import type { Expected, Form, Operand, Row, Ulps } from './row.js'
import { shapes } from './shapes.js'

type Matrix = readonly (readonly number[])[]

const floats: readonly DType[] = ['float32', 'float64']
const elements = reals(-1, 1)
const sizes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 1, arbitrary: fc.constantFrom(0, 5) },
)
const leading = shapes({ maxRank: 2 })

/** Square matrices from rows of elements, by what becomes of each. */
export const matricesOf =
  (make: (x: Matrix) => Matrix) =>
  (data: readonly number[], shape: Shape): readonly number[] =>
    blocks(data, shape).flatMap((x) => make(x).flat())

/** The matrices on the last two axes. */
export const blocks = (data: readonly number[], shape: Shape): readonly Matrix[] => {
  const [rows, columns] = shape.slice(-2)
  const count = rows * columns === 0 ? 0 : data.length / (rows * columns)
  return Array.from({ length: count }, (_, m) =>
    Array.from({ length: rows }, (_, i) => {
      const from = (m * rows + i) * columns
      return data.slice(from, from + columns)
    }),
  )
}

const withDiagonal = (x: Matrix, f: (own: number) => number): Matrix =>
  x.map((row, i) => row.map((value, j) => (i === j ? f(value) : value)))

/** The diagonal outweighs the rest of its row and column: positive definite, and far from singular. */
const dominant = (x: Matrix): Matrix => withDiagonal(x, (own) => own + x.length + 1)

/** The same with rows in another order, which elimination with pivoting undoes. */
export const dominantRotated = (x: Matrix): Matrix => {
  const by = x.flat().filter((value) => value > 0).length % x.length
  const rows = dominant(x)
  return [...rows.slice(by), ...rows.slice(0, by)]
}

/** A diagonal of either sign, no nearer to 0 than the others are large. */
const solvable = (x: Matrix): Matrix => withDiagonal(x, (own) => (own < 0 ? own - 1.5 : own + 1.5))

const mutable = (x: Matrix): number[][] => x.map((row) => [...row])

/** The outer product form: a column at a time, its product taken from what is left. */
const choleskyOf = (a: Matrix): Matrix => {
  const rest = mutable(a)
  const l = a.map((row) => row.map(() => 0))
  for (let k = 0; k < a.length; k++) {
    const root = Math.sqrt(rest[k][k])
    for (let i = k; i < a.length; i++) l[i][k] = rest[i][k] / root
    for (let i = k + 1; i < a.length; i++) for (let j = k + 1; j <= i; j++) rest[i][j] -= l[i][k] * l[j][k]
  }
  return l
}

/** Gauss–Jordan elimination with row exchanges: X with A·X = B. */
export const solutionOf = (a: Matrix, b: Matrix): Matrix => {
  const [left, right] = [mutable(a), mutable(b)]
  for (let k = 0; k < a.length; k++) {
    let pivot = k
    for (let i = k; i < a.length; i++) if (Math.abs(left[i][k]) > Math.abs(left[pivot][k])) pivot = i
    for (const side of [left, right]) [side[k], side[pivot]] = [side[pivot], side[k]]
    for (let i = 0; i < a.length; i++) {
      if (i === k) continue
      const factor = left[i][k] / left[k][k]
      left[i] = left[i].map((x, j) => x - factor * left[k][j])
      right[i] = right[i].map((x, j) => x - factor * right[k][j])
    }
  }
  return right.map((row, i) => row.map((x) => x / left[i][i]))
}

const transposed = (x: Matrix, columns: number): Matrix =>
  Array.from({ length: columns }, (_, j) => x.map((row) => row[j]))

/** Crout's order: each element of L and U once, from sums over those before it. */
const luOf = (a: Matrix): { readonly packed: Matrix; readonly order: readonly number[] } => {
  const f = mutable(a)
  const order = a.map((_, i) => i)
  for (let j = 0; j < a.length; j++) {
    for (let i = 0; i < a.length; i++) {
      for (let k = 0; k < Math.min(i, j); k++) f[i][j] -= f[i][k] * f[k][j]
    }
    let pivot = j
    for (let i = j; i < a.length; i++) if (Math.abs(f[i][j]) > Math.abs(f[pivot][j])) pivot = i
    ;[f[j], f[pivot]] = [f[pivot], f[j]]
    ;[order[j], order[pivot]] = [order[pivot], order[j]]
    for (let i = j + 1; i < a.length; i++) f[i][j] /= f[j][j]
  }
  return { packed: f, order }
}

/** Matrices as an array; errors are measured by the largest element of each. */
export const stacked = ({ dtype, shape }: Plain, results: readonly Matrix[]): Expected => ({
  dtype,
  shape,
  data: results.flatMap((x) => x.flat().map((v) => storedValue(dtype, v))),
  scale: results.flatMap((x) => x.flat().map(() => Math.max(1, ...x.flat().map(Math.abs)))),
})

const ulps: Ulps = {
  float32: 2,
  float64: 64,
  why: 'as many roundings as steps; float32 is computed in double precision',
}

const square = (dtype: DType, matrices: Operand['matrices']): fc.Arbitrary<Form<NoParams>> =>
  fc
    .tuple(leading, sizes)
    .map(([lead, n]) => ({ params: {}, operands: [{ dtype, shape: [...lead, n, n], elements, matrices }] }))

const choleskyRow: Row<NoParams> = {
  primitive: choleskyP,
  dtypes: floats,
  forms: (dtype) => square(dtype, matricesOf(dominant)),
  oracle: ([a]) => [stacked(a, blocks(a.data, a.shape).map(choleskyOf))],
  ulps,
  smooth: { forms: square('float64', matricesOf(dominant)) },
  edges: () => notElementwise,
  exceptions: {},
}

const luRow: Row<NoParams> = {
  primitive: luP,
  dtypes: floats,
  forms: (dtype) => square(dtype, matricesOf(dominantRotated)),
  oracle: ([a]) => {
    const factors = blocks(a.data, a.shape).map(luOf)
    return [
      stacked(
        a,
        factors.map((f) => f.packed),
      ),
      { dtype: 'int32', shape: a.shape.slice(0, -1), data: factors.flatMap((f) => f.order) },
    ]
  },
  ulps,
  smooth: { forms: square('float64', matricesOf(dominantRotated)) },
  edges: () => notElementwise,
  exceptions: {},
}

const systems = (dtype: DType): fc.Arbitrary<Form<TriangularParams>> =>
  fc
    .record({
      lead: leading,
      n: sizes,
      others: sizes,
      params: fc.record({
        leftSide: fc.boolean(),
        lower: fc.boolean(),
        transposeA: fc.boolean(),
        unitDiagonal: fc.boolean(),
      }),
    })
    .map(({ lead, n, others, params }) => ({
      params,
      operands: [
        { dtype, shape: [...lead, n, n], elements, matrices: matricesOf(solvable) },
        { dtype, shape: [...lead, ...(params.leftSide ? [n, others] : [others, n])], elements },
      ],
    }))

const triangularSolveRow: Row<TriangularParams> = {
  primitive: triangularSolveP,
  dtypes: floats,
  forms: systems,
  oracle: ([a, b], { leftSide, lower, transposeA, unitDiagonal }) => {
    const n = a.shape[a.shape.length - 1]
    const columns = b.shape[b.shape.length - 1]
    const seen = (x: Matrix): Matrix =>
      x.map((row, i) =>
        row.map((value, j) => (i === j ? (unitDiagonal ? 1 : value) : lower === i > j ? value : 0)),
      )
    const as = blocks(a.data, a.shape).map((x) => (transposeA ? transposed(seen(x), n) : seen(x)))
    const bs = blocks(b.data, b.shape)
    const solve = (x: Matrix, y: Matrix): Matrix =>
      leftSide ? solutionOf(x, y) : transposed(solutionOf(transposed(x, n), transposed(y, columns)), y.length)
    return [
      stacked(
        b,
        bs.map((y, m) => solve(as[m], y)),
      ),
    ]
  },
  ulps,
  smooth: { forms: systems('float64') },
  edges: () => notElementwise,
  exceptions: {},
}

export const linearAlgebra: readonly Row[] = [choleskyRow, triangularSolveRow, luRow]
