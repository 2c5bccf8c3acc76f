import * as fc from 'fast-check'
import { solve } from '../../../src/functions/linalg/linearSystems.js'
import { swapaxes } from '../../../src/functions/numpy/arrangement.js'
import { matmul } from '../../../src/functions/numpy/matmul.js'
import type { NoParams } from '../../../src/graph/primitive.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import type { DType } from '../../../src/ir/dtype.js'
import { linearSolveP } from '../../../src/ops/control/linearSolve.js'
import { add, sub } from '../../../src/ops/elementwise/arithmetic.js'
import { customLinearSolve } from '../../../src/transforms/customLinearSolve.js'
import { reals } from './elements.js'
import { blocks, dominantRotated, matricesOf, solutionOf, stacked } from './linearAlgebra.js'
import { notElementwise } from './movement.js'
import type { Form, Row } from './row.js'

const elements = reals(-1, 1)

/** A [n, n], b [n], c [n]. */
const forms = (dtype: DType): fc.Arbitrary<Form<NoParams>> =>
  fc.constantFrom(1, 2, 3).map((n) => ({
    params: {},
    operands: [
      { dtype, shape: [n, n], elements, matrices: matricesOf(dominantRotated) },
      { dtype, shape: [n], elements },
      { dtype, shape: [n], elements },
    ],
  }))

type Pair = readonly [Tensor, Tensor]

/** Two vectors, the second depending on the first, so that the transposed system is another: A·x = b, x + A·y = c. */
const solvePair = ([a, b, c]: readonly Tensor[]): Pair => {
  const at = swapaxes(a, 0, 1)
  return customLinearSolve<Pair>(
    ([x, y]) => [matmul(a, x), add(x, matmul(a, y))],
    [b, c],
    (_, [u, v]) => {
      const x = solve(a, u)
      return [x, solve(a, sub(v, x))]
    },
    (_, [u, v]) => {
      const y = solve(at, v)
      return [solve(at, sub(u, y)), y]
    },
  )
}

const linearSolveRow: Row<NoParams> = {
  primitive: linearSolveP,
  dtypes: ['float32', 'float64'],
  forms,
  apply: (xs) => solvePair(xs),
  oracle: ([a, b, c]) => {
    const [matrix] = blocks(a.data, a.shape)
    const x = solutionOf(
      matrix,
      b.data.map((value) => [value]),
    )
    const rest = c.data.map((value, i) => [value - x[i][0]])
    return [stacked(b, [x]), stacked(c, [solutionOf(matrix, rest)])]
  },
  ulps: { float32: 64, float64: 64, why: 'two systems, one after the other' },
  smooth: { forms: forms('float64') },
  edges: () => notElementwise,
  exceptions: {},
}

export const linearSolvers: readonly Row[] = [linearSolveRow]
