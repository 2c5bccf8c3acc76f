import { evalGraph } from '../graph/evaluate.js'
import type { Graph } from '../graph/graph.js'
import { optionsOf } from '../graph/options.js'
import { unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { type Traced, trace } from '../graph/trace.js'
import { bindLinearSolve } from '../ops/control/linearSolve.js'
import { instantiate, spreadTangents } from '../ops/rules/rules.js'
import { derive } from './derive.js'
import { fitTree } from './fitArguments.js'
import { mappedFloats } from './mappedNumbers.js'
import { shareCaptures } from './sharedCaptures.js'
import { displayName } from './treeFunction.js'

export type LinearSolveOptions = {
  /** The matrix is its own transpose, so that `solve` serves for both. */
  readonly symmetric?: boolean
}

type Linear<T> = (x: T) => T
/** Gives x with `matvec(x)` = b. */
type Solver<T> = (matvec: Linear<T>, b: T) => T

/** The transpose of a graph by its vectors, which come last. */
const transposed = ({ graph, captures }: Traced): Graph => {
  const isVector = graph.inputs.map((_, i) => i >= captures.length)
  const back = derive.transpose(
    graph,
    isVector,
    graph.outputs.map(() => true),
  )
  return derive.stage(
    graph,
    'vecmat',
    graph.inputs.map((v) => v.aval),
    (args) =>
      spreadTangents(graph.inputs.slice(captures.length), back.nonzeroOut, evalGraph(back.graph, args)).map(
        instantiate,
      ),
  )
}

/**
 * x with `matvec(x)` = b, found by `solve(matvec, b)`, which is not differentiated: the derivative is that of the
 * solution, dx = A⁻¹·(db − dA·x), found by the same solver. `matvec` may close over values that are differentiated.
 * b is a tree of floats, and so is x.
 *
 * Reverse mode needs the transposed system: `transposeSolve(vecmat, ct)`, with vecmat(x) = Aᵀ·x, or `symmetric`.
 * @throws TreeMismatchError, ShapeError, DTypeError where a function returns anything but a vector like b
 * @throws MissingRuleError in reverse mode without `transposeSolve`, and where `matvec` is not linear but is transposed
 * @example
 * ```ts
 * import { customLinearSolve } from 'grad-ts/lax'
 *
 * const solveDiagonal = (d: Tensor, b: Tensor) => {
 *   const divide = (_: (x: Tensor) => Tensor, y: Tensor) => y.div(d)
 *   return customLinearSolve((x) => x.mul(d), b, divide, undefined, { symmetric: true })
 * }
 * solveDiagonal(np.array([2, 4]), np.array([1, 1])) // => [0.5, 0.25]
 * grad((d: Tensor) => solveDiagonal(d, np.array([1, 1])).sum())(np.array([2, 4])) // => [-0.25, -0.0625]
 * ```
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.custom_linear_solve.html
 */
export const customLinearSolve = <T>(
  matvec: Linear<T>,
  b: T,
  solve: Solver<T>,
  transposeSolve?: Solver<T>,
  options?: LinearSolveOptions,
): T => {
  const name = displayName('customLinearSolve', matvec)
  const { symmetric = false } = optionsOf(name, 'symmetric', options)
  const vector = mappedFloats(name, b, matvec, 'Convert the right-hand side with astype.')
  const { leaves } = vector
  const avals = leaves.map((t) => t.aval)
  const fit = (what: string, tree: T): readonly Tensor[] =>
    fitTree(`${name}: ${what}`, vector.def, avals, tree)
  const traceVector = (what: string, f: Linear<T>): Traced =>
    trace(name, avals, (xs) => fit(what, f(unflatten<T>(vector.def, xs))))
  const applied =
    (what: string, graph: Graph, captures: readonly Tensor[]): Linear<T> =>
    (x) =>
      unflatten<T>(vector.def, evalGraph(graph, [...captures, ...fit(what, x)]))

  const forward = traceVector('matvec', matvec)
  const product = applied('matvec', forward.graph, forward.captures)
  const solved = traceVector('solve', (y) => solve(product, y))
  const backward = transposeSolve ?? (symmetric ? solve : undefined)
  const functions = [forward, solved]
  if (backward !== undefined) {
    const back = symmetric ? forward.graph : transposed(forward)
    const vecmat = applied('vecmat', back, forward.captures)
    functions.push({ ...forward, graph: back })
    functions.push(
      backward === solve && symmetric ? solved : traceVector('transposeSolve', (y) => backward(vecmat, y)),
    )
  }
  const { captures, graphs } = shareCaptures(functions)
  const [matvecGraph, solveGraph, vecmat = null, transposeSolveGraph = null] = graphs
  const params = {
    name,
    captures: captures.length,
    matvec: matvecGraph,
    solve: solveGraph,
    vecmat,
    transposeSolve: transposeSolveGraph,
  }
  return unflatten<T>(vector.def, bindLinearSolve([...captures, ...leaves], params))
}
