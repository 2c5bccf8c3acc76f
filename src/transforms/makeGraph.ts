import type { Graph } from '../graph/graph.js'
import { printGraph } from '../graph/print.js'
import { type TreeDef, unflatten } from '../graph/pytree.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { type Aval, publicType } from '../ir/aval.js'
import { commonSubexpressions } from '../passes/commonSubexpressions.js'
import { traceAt } from './numberArguments.js'
import { displayName, flatFunction, flattenTensors } from './treeFunction.js'

/** A traced function to read. Captured outer values come first among the graph's inputs. */
export class TracedFunction {
  constructor(
    readonly graph: Graph,
    readonly captures: readonly Tensor[],
    readonly outputStructure: TreeDef,
  ) {}
  /** The graph as text. */
  toString(): string {
    return printGraph(this.graph)
  }
}

/**
 * Records the operations of `f` on arguments of these shapes and dtypes.
 * @example
 * ```ts
 * makeGraph((x: Tensor) => np.sin(x).mul(2))(1)
 * // => { lambda a:f32*[] .
 * //      let b:f32*[] = sin a
 * //          c:f32*[] = mul b 2:f32*[]
 * //      in (c) }
 * ```
 */
export const makeGraph =
  <A extends readonly unknown[]>(f: (...args: A) => unknown): ((...args: A) => TracedFunction) =>
  (...args) => {
    const { leaves, def } = flattenTensors(args)
    const name = displayName('makeGraph', f)
    const flat = flatFunction(name, f, def)
    const { graph, captures } = traceAt(name, leaves, flat.call)
    return new TracedFunction(commonSubexpressions(graph), captures, flat.outDef())
  }

/** Stands for a tensor where only its shape and dtype matter. */
export class ShapeDType {
  constructor(readonly aval: Aval) {}
  get shape() {
    return this.aval.shape
  }
  get dtype() {
    return publicType(this.aval)
  }
}

/** A result's structure with shape and dtype at the leaves. */
export type ShapesOf<T> = T extends TensorLike
  ? ShapeDType
  : T extends readonly unknown[] | object
    ? { [K in keyof T]: ShapesOf<T[K]> }
    : ShapeDType

/**
 * The shapes and dtypes of the result of `f`; nothing is computed.
 * @example
 * ```ts
 * evalShape((x: Tensor) => x.matmul(x.T), np.zeros([2, 3])).shape // => [2, 2]
 * ```
 */
export const evalShape = <A extends readonly unknown[], R>(f: (...args: A) => R, ...args: A): ShapesOf<R> => {
  const { graph, outputStructure } = makeGraph(f)(...args)
  return unflatten<ShapesOf<R>>(
    outputStructure,
    graph.outputs.map((a) => new ShapeDType(a.aval)),
  )
}
