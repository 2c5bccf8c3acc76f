import { type Jitted, withStaticArgs } from '../compiler/jit.js'
import { type Graph, subGraphs } from '../graph/graph.js'
import { hasHostFunctions } from '../graph/structuralKey.js'
import { Concrete, type Tensor } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import { GradError } from '../ir/errors.js'
import { commonSubexpressions } from '../passes/commonSubexpressions.js'
import { inlineCustomRules } from '../passes/inlineCalls.js'
import { traceAt } from '../transforms/numberArguments.js'
import { displayName, flatFunction, flattenTensors } from '../transforms/treeFunction.js'
import { Exported } from './exported.js'

const staticArgsOf = (f: object): Jitted<readonly unknown[], unknown>['staticArgs'] =>
  'staticArgs' in f && Array.isArray(f.staticArgs) ? f.staticArgs : []

/** @throws GradError where the graph, or one within it, holds the user's functions */
const requirePlain = (name: string, graph: Graph): void => {
  for (const eqn of graph.eqns) {
    if (hasHostFunctions(eqn.params)) {
      const called = 'name' in eqn.params ? ` of ${String(eqn.params.name)}` : ''
      throw new GradError(
        `${name}: operations of plain data are required, got ${eqn.primitive.name}${called}, which runs functions of the user's. Export the function itself, not its derivative, or leave that out.`,
      )
    }
    for (const sub of subGraphs(eqn.params)) requirePlain(name, sub)
  }
}

const requireValue = (name: string, t: Tensor): Concrete => {
  if (t instanceof Concrete) return t
  throw new GradError(
    `${name}: values are required as constants, got ${formatAval(t.aval)} of a trace that is going on. Pass it as an argument, or export outside of the transform.`,
  )
}

/**
 * `f` as a program that can be written to bytes and run without its code: it is traced for arguments
 * of this structure, with these shapes and dtypes. Values that it closes over are constants of the program; static
 * arguments of a jitted function are fixed, and are left out when the program is called (`C`: the arguments then).
 *
 * Custom rules are not a part of it: the derivative of an exported `customJvp` or `customVjp` function is that of its
 * operations.
 * @throws GradError where a transform around it holds one of the constants, or functions of the user's remain
 * @example
 * ```ts
 * import { exportProgram, importProgram } from 'grad-ts/export'
 *
 * const weights = np.array([1, 2, 3])
 * const program = exportProgram((p: { x: Tensor }) => ({ y: p.x.mul(weights).sum() }), { x: np.zeros([3]) })
 * const bytes = program.toBytes()
 * const loaded = importProgram<[{ x: Tensor }], { y: Tensor }>(bytes)
 * if (loaded._tag === 'Left') throw new Error(loaded.left.message)
 * const { call } = loaded.right
 * call({ x: np.array([1, 1, 1]) }) // => { y: 6 }
 * grad((x: Tensor) => call({ x }).y)(np.array([1, 1, 1])) // => [1, 2, 3]
 * ```
 * @see https://docs.jax.dev/en/latest/export/export.html
 */
export const exportProgram = <A extends readonly unknown[], R, C extends readonly unknown[] = A>(
  f: (...args: A) => R,
  ...args: A
): Exported<C, R> => {
  const name = displayName('exportProgram', f)
  const statics = staticArgsOf(f)
  const xs = flattenTensors(args.filter((_, i) => !statics.includes(i)))
  const flat = flatFunction(name, withStaticArgs(f, args, statics), xs.def)
  const traced = traceAt(name, xs.leaves, flat.call)
  const graph = inlineCustomRules(commonSubexpressions(traced.graph))
  requirePlain(name, graph)
  return new Exported<C, R>({
    name: f.name === '' ? 'anonymous' : f.name,
    graph,
    constants: traced.captures.map((t) => requireValue(name, t)),
    argumentStructure: xs.def,
    resultStructure: flat.outDef(),
  })
}
