import type { Aval } from '../ir/aval.js'
import { GradError } from '../ir/errors.js'
import { Builder, within } from './builder.js'
import type { Graph, Var } from './graph.js'
import type { Tensor } from './tensor.js'

/** A traced function: `graph(...captures, ...arguments)`. */
export type Traced = {
  readonly graph: Graph
  /** Outer values that the function used, now leading inputs; distinct from any argument. */
  readonly captures: readonly Tensor[]
  /** Values that the function asked for while it was traced. */
  readonly memo: ReadonlyMap<Var, Tensor>
}

/**
 * Records what `f` does with arguments of the given avals. `values` are the arguments' outer values, where
 * the function may ask for them (`null`: it may not).
 */
export const trace = (
  name: string,
  avals: readonly Aval[],
  f: (args: readonly Tensor[]) => readonly Tensor[],
  values: readonly (Tensor | null)[] = avals.map(() => null),
): Traced => {
  const builder = new Builder('staging', name)
  try {
    const args = avals.map((a, i) => builder.input(a, values[i] ?? null))
    const outs = within(builder, () => f(args))
    return { ...builder.close(outs), memo: new Map(builder.memo) }
  } finally {
    builder.end()
  }
}

/** @throws GradError where a traced function returned a promise. */
export const requireSynchronous = (name: string, result: unknown): void => {
  if (
    typeof result === 'object' &&
    result !== null &&
    'then' in result &&
    typeof result.then === 'function'
  ) {
    throw new GradError(
      `${name}: a function that returns tensors is required, got a promise. Await outside of the traced function.`,
    )
  }
}
