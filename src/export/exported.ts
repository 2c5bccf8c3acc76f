import { jit } from '../compiler/jit.js'
import { evalGraph } from '../graph/evaluate.js'
import type { Graph } from '../graph/graph.js'
import { printGraph } from '../graph/print.js'
import { type TreeDef, unflatten } from '../graph/pytree.js'
import type { Concrete, Tensor } from '../graph/tensor.js'
import { fitArguments } from '../transforms/fitArguments.js'
import { encodeProgram } from './programBytes.js'

/** The content of a program: `graph(...constants, ...leaves of the arguments)` gives the leaves of the results. */
export type ProgramContent = {
  /** The name of the exported function, for messages. */
  readonly name: string
  readonly graph: Graph
  readonly constants: readonly Concrete[]
  /** The structure of the list of arguments. */
  readonly argumentStructure: TreeDef
  readonly resultStructure: TreeDef
}

/** A function without its code: a graph with its constants and the structures of arguments and results. */
export class Exported<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /**
   * Applies the program, compiled, to arguments of the structure, shapes and dtypes it was traced for. It is one
   * operation to `grad`, `vmap`, `jvp` and `jit`.
   * @throws TreeMismatchError, ShapeError, DTypeError where the arguments are others
   */
  readonly call: (...args: A) => R

  /** @internal */
  constructor(readonly content: ProgramContent) {
    const { graph, constants, argumentStructure, resultStructure } = content
    const name = `program ${content.name}`
    const avals = graph.inputs.slice(constants.length).map((v) => v.aval)
    const run = (...leaves: readonly Tensor[]) => evalGraph(graph, [...constants, ...leaves])
    const compiled = jit(Object.defineProperty(run, 'name', { value: content.name }))
    const call = (...args: A): R =>
      unflatten<R>(resultStructure, compiled(...fitArguments(name, argumentStructure, avals, args)))
    this.call = Object.defineProperty(call, 'name', { value: content.name })
  }

  /** The bytes of a file that `importProgram` reads: equal programs give equal bytes. */
  toBytes(): Uint8Array {
    return encodeProgram(this.content)
  }

  /** The graph as text; constants come first among its inputs. */
  toString(): string {
    return printGraph(this.content.graph)
  }
}
