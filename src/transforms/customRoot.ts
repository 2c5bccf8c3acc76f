import { evalGraph } from '../graph/evaluate.js'
import { optionsOf } from '../graph/options.js'
import { isZero } from '../graph/primitive.js'
import { type TreeDef, unflatten } from '../graph/pytree.js'
import { HostRef } from '../graph/structuralKey.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { isFloat } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { bindCustomJvp, type JvpFunction } from '../ops/control/customJvp.js'
import { linearizedAt } from '../ops/control/linearizedAt.js'
import { neg } from '../ops/elementwise/arithmetic.js'
import { compress } from '../ops/rules/masks.js'
import { instantiate, zerosLike } from '../ops/rules/rules.js'
import { derive } from './derive.js'
import { fitTree } from './fitArguments.js'
import { mappedFloats } from './mappedNumbers.js'
import { shareCaptures } from './sharedCaptures.js'
import { displayName, flattenTensors } from './treeFunction.js'

export type RootOptions = {
  /** `solve` returns `[x, aux]`; aux is handed through, without derivatives. */
  readonly hasAux?: boolean
}

/** The result of `solve` under options `O`. */
type SolutionOf<T, O> = O extends { readonly hasAux: true } ? readonly [T, unknown] : T

/** The result of `customRoot` under options `O`, where `solve` returns `S`. */
type RootOf<T, S, O> = O extends { readonly hasAux: true }
  ? S extends readonly [unknown, infer X]
    ? [T, X]
    : never
  : T

const requirePair = (name: string, result: unknown): readonly [unknown, unknown] => {
  if (Array.isArray(result) && result.length === 2) return [result[0], result[1]]
  throw new GradError(
    `${name}: a pair [x, aux] is required of solve with hasAux, got ${Array.isArray(result) ? `${result.length} values` : 'one value'}.`,
  )
}

/**
 * x with f(x) = 0, found by `solve(f, initialGuess)`, which is not differentiated. f may close over values θ that are
 * differentiated; the derivative is that of the root, by the implicit function theorem:
 *
 * f(x, θ) = 0:  dx = −(∂f/∂x)⁻¹·(∂f/∂θ)·dθ
 *
 * `tangentSolve(g, y)` gives v with g(v) = y for the linear function g = ∂f/∂x: `y.div(g(1))` for scalars,
 * `customLinearSolve(g, y, …)` in general. It must be linear in y, and is differentiated itself for higher orders.
 * x, f(x) and the guess are trees of floats of one structure.
 * @throws TreeMismatchError, ShapeError, DTypeError where a function returns anything but a tree like the guess
 * @example
 * ```ts
 * import { customRoot } from 'grad-ts/lax'
 *
 * const sqrt = (a: Tensor) =>
 *   customRoot(
 *     (x: Tensor) => x.mul(x).sub(a),
 *     np.array(1),
 *     (f, guess) => foriLoop(0, 20, (_, x: Tensor) => x.sub(f(x).div(x.mul(2))), guess),
 *     (g, y) => y.div(g(np.array(1))),
 *   )
 * sqrt(np.array(4)) // => 2
 * grad(sqrt)(np.array(4)) // => 0.25
 * ```
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.custom_root.html
 * @see Blondel et al., Efficient and Modular Implicit Differentiation (2022), section 2.1
 */
export const customRoot = <T, S extends SolutionOf<T, O>, const O extends RootOptions = Record<never, never>>(
  f: (x: T) => T,
  initialGuess: T,
  solve: (f: (x: T) => T, initialGuess: T) => S,
  tangentSolve: (g: (v: T) => T, y: T) => T,
  options?: O,
): RootOf<T, S, O> => {
  const name = displayName('customRoot', f)
  const { hasAux = false } = optionsOf<RootOptions, 'hasAux'>(name, 'hasAux', options)
  const guess = mappedFloats(name, initialGuess, f, 'Convert the initial guess with astype.')
  const start = guess.leaves
  const avals = start.map((t) => t.aval)
  const tree = (leaves: readonly Tensor[]): T => unflatten<T>(guess.def, leaves)
  const fit = (what: string, x: unknown) => fitTree(`${name}: ${what}`, guess.def, avals, x)

  const traced = trace(name, avals, (xs) => fit('f', f(tree(xs))))
  const residual = (x: T): T => tree(evalGraph(traced.graph, [...traced.captures, ...fit('f', x)]))
  let auxDef: TreeDef | null = null
  const solved = trace(name, avals, (xs) => {
    const result: unknown = solve(residual, tree(xs))
    if (!hasAux) return fit('solve', result)
    const [x, aux] = requirePair(name, result)
    const rest = flattenTensors(aux)
    auxDef = rest.def
    return [...fit('solve', x), ...rest.leaves]
  })
  const { captures, graphs } = shareCaptures([traced, solved])
  const [fGraph, solveGraph] = graphs

  const rule: JvpFunction = (primals, tangents) => {
    // the root again, not its solver, so that further derivatives find this rule
    const outs = bindCustomJvp(primals, params)
    const [x, aux] = [outs.slice(0, avals.length), outs.slice(avals.length)]
    const at = [...primals.slice(0, captures.length), ...x]
    const isParameter = at.map((t, i) => i < captures.length && isFloat(t.dtype))
    const isUnknown = at.map((_, i) => i >= captures.length)
    const alongUnknown = linearizedAt(fGraph, at, isUnknown, derive).push
    const g = (v: T): T => tree(alongUnknown(fit('g', v)).map(instantiate))
    // f(x, θ) stays 0: ∂f/∂x·dx = −∂f/∂θ·dθ
    const moved = linearizedAt(fGraph, at, isParameter, derive).push(compress(tangents, isParameter))
    const dx = moved.every(isZero)
      ? moved
      : fit('tangentSolve', tangentSolve(g, tree(moved.map(instantiate)))).map(neg)
    return { outs, tangents: [...dx.map(instantiate), ...aux.map(zerosLike)] }
  }
  const params = { name, graph: solveGraph, captures: 0, rule: new HostRef(name, rule) }
  const results = bindCustomJvp([...captures, ...start], params)
  const x = tree(results.slice(0, avals.length))
  if (auxDef === null) return x as RootOf<T, S, O>
  return [x, unflatten<unknown>(auxDef, results.slice(avals.length))] as readonly unknown[] as RootOf<T, S, O>
}
