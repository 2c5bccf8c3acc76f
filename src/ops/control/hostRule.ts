import { evalGraph } from '../../graph/evaluate.js'
import { withinAxis } from '../../graph/namedAxes.js'
import { type Derive, isZero, type Tangent } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { trace } from '../../graph/trace.js'
import { aval } from '../../ir/aval.js'
import { GradError } from '../../ir/errors.js'

/** `f` applied to tensors, some of which have a leading batch axis; every result has one. */
export const batchedFunction =
  (
    name: string,
    f: (args: readonly Tensor[]) => readonly Tensor[],
    size: number,
    batched: readonly boolean[],
    derive: Derive,
  ) =>
  (args: readonly Tensor[]): readonly Tensor[] => {
    const avals = args.map((t, i) => (batched[i] ? aval(t.shape.slice(1), t.dtype, t.aval.weakType) : t.aval))
    const axis = derive.axisName === null ? null : { name: derive.axisName, size }
    const { graph, captures } = withinAxis(axis, () => trace(name, avals, f))
    const all = derive.batch(graph, size, [...captures.map(() => false), ...batched], 'all')
    return evalGraph(all.graph, [...captures, ...args])
  }

/** @throws GradError where a value that the function closed over is being differentiated */
export const refuseDifferentiatedCaptures = (
  name: string,
  tangents: readonly Tangent[],
  captures: number,
): void => {
  const at = tangents.slice(0, captures).findIndex((t) => !isZero(t))
  if (at >= 0) {
    throw new GradError(
      `${name}: values to be differentiated must be arguments, got one from an enclosing scope. Pass it as an argument.`,
    )
  }
}
