import { bind } from '../../graph/bind.js'
import type { Graph } from '../../graph/graph.js'
import {
  type BatchRule,
  definePrimitive,
  isLinear,
  isZero,
  type Tangent,
  type TransposeRule,
  type WholeJvp,
  Zero,
} from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, compatible, formatAval } from '../../ir/aval.js'
import { internal, MissingRuleError } from '../../ir/errors.js'
import { neg, sub } from '../elementwise/arithmetic.js'
import { withBatchAxis } from '../movement/batching.js'
import { instantiate } from '../rules/rules.js'
import { nonzeroOf } from './graphRules.js'
import { linearizedAt } from './linearizedAt.js'

/** All graphs take the captured values, then a vector of b's types, and return one. */
export type LinearSolveParams = {
  readonly name: string
  readonly captures: number
  /** A·x */
  readonly matvec: Graph
  /** A⁻¹·b */
  readonly solve: Graph
  /** Aᵀ·x and A⁻ᵀ·b, where they are known. */
  readonly vecmat: Graph | null
  readonly transposeSolve: Graph | null
}

const outputAvals = (avals: readonly Aval[], { name, captures, matvec, solve }: LinearSolveParams) => {
  const b = avals.slice(captures)
  for (const graph of [matvec, solve]) {
    const same =
      graph.inputs.length === avals.length &&
      graph.outputs.length === b.length &&
      avals.every((a, i) => compatible(a, graph.inputs[i].aval)) &&
      b.every((a, i) => compatible(a, graph.outputs[i].aval))
    if (!same)
      throw internal(`linearSolve of ${name}: operands ${avals.map(formatAval).join(', ')} do not fit`)
  }
  return solve.outputs.map((a) => a.aval)
}

const difference = (a: Tangent, b: Tangent): Tangent => (isZero(b) ? a : isZero(a) ? neg(b) : sub(a, b))

/** dx = A⁻¹·(db − dA·x): the same solver, whatever it does. */
const jvp: WholeJvp<LinearSolveParams> = (primals, tangents, params, derive) => {
  const { captures, matvec } = params
  const x = bindLinearSolve(primals, params)
  const [dA, db] = [tangents.slice(0, captures), tangents.slice(captures)]
  const known = primals.slice(0, captures)
  const still = db.map((t) => new Zero(t.aval))
  const mask = [...dA, ...still].map((t) => !isZero(t))
  // dA·x
  const moved = dA.every(isZero)
    ? still
    : linearizedAt(matvec, [...known, ...x], mask, derive).push(nonzeroOf(dA))
  const rest = db.map((t, i) => difference(t, moved[i]))
  if (rest.every(isZero)) return { outs: x, tangents: rest }
  return { outs: x, tangents: bindLinearSolve([...known, ...rest.map(instantiate)], params) }
}

/** b ← A⁻ᵀ·ct. A's own operands are fixed, since the solution is not linear in them. */
const transpose: TransposeRule<LinearSolveParams> = (cts, operands, params) => {
  const { name, captures, matvec, solve, vecmat, transposeSolve } = params
  if (vecmat === null || transposeSolve === null) {
    throw new MissingRuleError(
      `grad: a solver for the transposed system is required for reverse mode, got ${name} without one. Give transposeSolve, or symmetric: true if the matrix is its own transpose.`,
    )
  }
  const known = operands.slice(0, captures)
  if (known.some(isLinear))
    throw new MissingRuleError(
      `transpose: a matrix that is fixed is required, got ${name} of one that depends on what is transposed. A solution is linear in its right-hand side alone.`,
    )
  const swapped = { ...params, matvec: vecmat, solve: transposeSolve, vecmat: matvec, transposeSolve: solve }
  const back = bindLinearSolve([...(known as readonly Tensor[]), ...cts.map(instantiate)], swapped)
  return [...known.map(() => null), ...back.map((ct, i) => (isLinear(operands[captures + i]) ? ct : null))]
}

/** One system a lane, or one matrix for all lanes: vectors have the batch axis either way. */
const batch: BatchRule<LinearSolveParams> = (size, operands, batched, params, derive) => {
  const { captures } = params
  const mask = batched.map((b, i) => b || i >= captures)
  const mapped = (graph: Graph): Graph => derive.batch(graph, size, mask, 'all').graph
  const outs = bindLinearSolve(
    operands.map((x, i) => (mask[i] ? withBatchAxis(size, x, batched[i]) : x)),
    {
      ...params,
      name: `vmap(${params.name})`,
      matvec: mapped(params.matvec),
      solve: mapped(params.solve),
      vecmat: params.vecmat && mapped(params.vecmat),
      transposeSolve: params.transposeSolve && mapped(params.transposeSolve),
    },
  )
  return { outs, batched: outs.map(() => true) }
}

/**
 * The solution of a linear system by a solver that is not differentiated itself. Operands: the values that the
 * graphs capture, then b.
 *
 * A·x = b:  dx = A⁻¹·(db − dA·x);  b ← A⁻ᵀ·ct
 */
export const linearSolveP = definePrimitive<LinearSolveParams>({
  name: 'linearSolve',
  abstractEval: outputAvals,
  jvp: { whole: jvp },
  linearize: 'fromJvp',
  transpose,
  batch,
  lower: (_avals, { solve }) => ({ kind: 'inline', graph: solve }),
})

export const bindLinearSolve = (operands: readonly Tensor[], params: LinearSolveParams): readonly Tensor[] =>
  bind(linearSolveP, operands, params)
