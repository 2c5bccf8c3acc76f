import { evalGraph } from '../graph/evaluate.js'
import { unflatten } from '../graph/pytree.js'
import { type Tensor, Tracer } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { isFloat } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { fitArguments } from './fitArguments.js'
import { displayName, flatFunction, flattenTensors } from './treeFunction.js'

/** Whether a differentiated value may be in it. */
const mayMove = (t: Tensor): boolean => t instanceof Tracer && isFloat(t.dtype)

/**
 * `f` with the traced floats that it closes over as further arguments, and their values:
 * `[converted, hoisted]`, `f(...args) = converted(...args, ...hoisted)`. For functions with custom rules, which
 * cannot close over values that are differentiated. `f` is traced once, for arguments of these shapes and dtypes.
 * @throws TreeMismatchError, ShapeError, DTypeError where `converted` gets other arguments
 * @example
 * ```ts
 * const scaledTwice = (f: (x: Tensor) => Tensor, x: Tensor) => {
 *   const [converted, hoisted] = closureConvert(f, x)
 *   const rule = customJvp(converted, (primals, tangents) => jvp(converted, primals, tangents))
 *   return rule(x, ...hoisted).mul(2)
 * }
 * grad((w: Tensor) => scaledTwice((x) => x.mul(w), np.array(3)))(np.array(5)) // => 6
 * ```
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.closure_convert.html
 */
export const closureConvert = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...exampleArgs: A
): [(...args: [...A, ...Tensor[]]) => R, Tensor[]] => {
  const xs = flattenTensors(exampleArgs)
  const name = displayName('closureConvert', f)
  const flat = flatFunction(name, f, xs.def)
  const avals = xs.leaves.map((t) => t.aval)
  const { graph, captures } = trace(name, avals, flat.call)
  const hoisted = captures.filter(mayMove)
  const converted = (...all: [...A, ...Tensor[]]): R => {
    const count = all.length - hoisted.length
    if (count !== exampleArgs.length) {
      throw new GradError(
        `${name}: ${exampleArgs.length} arguments and ${hoisted.length} hoisted values are required, got ${all.length} in all.`,
      )
    }
    const leaves = fitArguments(name, xs.def, avals, all.slice(0, count))
    const given = all.slice(count).map((t) => toTensor(t as Tensor))
    let next = 0
    const values = captures.map((t) => (mayMove(t) ? given[next++] : t))
    return unflatten<R>(flat.outDef(), evalGraph(graph, [...values, ...leaves]))
  }
  return [Object.defineProperty(converted, 'name', { value: name }), hoisted]
}
