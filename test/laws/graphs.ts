import { evalGraph } from '../../src/graph/evaluate.js'
import type { Graph } from '../../src/graph/graph.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { trace } from '../../src/graph/trace.js'
import { isFloat } from '../../src/ir/dtype.js'
import { commonSubexpressions } from '../../src/passes/commonSubexpressions.js'
import { constantFolding } from '../../src/passes/constantFolding.js'
import { deadCode, deadLoopValues } from '../../src/passes/deadCode.js'
import { inlineCalls } from '../../src/passes/inlineCalls.js'
import { optimize, type Pass } from '../../src/passes/optimize.js'
import { simplify } from '../../src/passes/simplify.js'
import { derive } from '../../src/transforms/derive.js'
import type { Case, Row } from './opTable/row.js'
import { operation } from './opTable/row.js'
import { type Plain, toConstant, toPlain, toTensor } from './plain.js'
import type { Salt } from './salt.js'

export const passes: Readonly<Record<string, Pass>> = {
  deadCode,
  deadLoopValues,
  commonSubexpressions,
  constantFolding,
  simplify,
  inlineCalls,
  optimize,
}

/** A graph with arguments to run it on. */
export type Runnable = { readonly name: string; readonly graph: Graph; readonly args: readonly Plain[] }

/** An array of one value everywhere, its first. */
const filled = (x: Plain): Plain => ({ ...x, data: x.data.map(() => x.data[0]) })

/** The case as a graph, some of its operands (by chance) as literals. */
export const graphOfCase = (row: Row, { params, operands }: Case, random: Salt): Runnable => {
  const constant = operands.map(() => random.below(3) === 0)
  const args = operands.filter((_, i) => !constant[i])
  const { graph, captures } = trace(
    row.primitive.name,
    args.map((x) => toTensor(x).aval),
    (inputs) => {
      let next = 0
      return operation(
        row,
        params,
      )(...operands.map((x, i) => (constant[i] ? toConstant(filled(x)) : inputs[next++])))
    },
  )
  return { name: 'trace', graph, args: [...captures.map(toPlain), ...args] }
}

/** Which inputs of a graph are floats. */
const floatInputs = (graph: Graph): readonly boolean[] => graph.inputs.map((v) => isFloat(v.aval.dtype))

/** The forward derivative of a graph in random directions of all its float inputs, if there are any. */
export const jvpOf = ({ graph, args }: Runnable, random: Salt): readonly Runnable[] => {
  const nonzero = floatInputs(graph)
  if (!nonzero.includes(true)) return []
  const directions = args.filter((_, i) => nonzero[i]).map((x) => random.direction(x))
  return [{ name: 'jvp', graph: derive.jvp(graph, nonzero).graph, args: [...args, ...directions] }]
}

/** The jvp, linearization, and its transpose; `only`: of the mode there is. */
export const derivativesOf = (graph: Graph, only: Row['only']): readonly { name: string; graph: Graph }[] => {
  const nonzero = floatInputs(graph)
  if (!nonzero.includes(true)) return []
  const l = derive.linearize(graph, nonzero)
  const moving = l.nonzeroOut.filter(Boolean)
  const linearIn = l.linear.inputs.map((_, i) => i >= l.residuals.length)
  return [
    ...(only !== 'reverse' ? [{ name: 'jvp', graph: derive.jvp(graph, nonzero).graph }] : []),
    { name: 'linearize, forward', graph: l.forward },
    { name: 'linearize, linear', graph: l.linear },
    ...(moving.length === 0 || only === 'forward'
      ? []
      : [{ name: 'transpose', graph: derive.transpose(l.linear, linearIn, moving).graph }]),
  ]
}

export const runGraph = (graph: Graph, args: readonly Plain[]): readonly Plain[] =>
  evalGraph(
    graph,
    args.map((x): Tensor => toTensor(x)),
  ).map(toPlain)
