import { compatible, formatAval } from '../ir/aval.js'
import { internal } from '../ir/errors.js'
import { type Atom, type Graph, subGraphs, type Var } from './graph.js'
import { printGraph } from './print.js'

/**
 * Verifies a graph: every variable is bound once and before its use, every equation's outputs have the
 * types of its primitive's shape rule, and every sub-graph is closed and sound.
 * @throws GradError naming the equation
 */
export const checkGraph = (graph: Graph): Graph => {
  const bound = new Set<Var>()
  const fail = (where: string, what: string) =>
    internal(`unsound graph at ${where}: ${what}\n${printGraph(graph)}`)
  const define = (v: Var, where: string) => {
    if (bound.has(v)) throw fail(where, `variable ${v.id} is bound twice`)
    bound.add(v)
  }
  const use = (a: Atom, where: string) => {
    if (a.kind === 'var' && !bound.has(a)) throw fail(where, `variable ${a.id} is used before it is bound`)
  }
  graph.inputs.forEach((v, i) => {
    define(v, `input ${i}`)
  })
  graph.eqns.forEach((eqn, i) => {
    const where = `equation ${i} (${eqn.primitive.name})`
    for (const a of eqn.inputs) use(a, where)
    for (const sub of subGraphs(eqn.params)) checkGraph(sub)
    const avals = eqn.primitive.abstractEval(
      eqn.inputs.map((a) => a.aval),
      eqn.params,
    )
    if (avals.length !== eqn.outputs.length)
      throw fail(where, `${avals.length} outputs by its rule, ${eqn.outputs.length} bound`)
    eqn.outputs.forEach((v, j) => {
      if (!compatible(avals[j], v.aval))
        throw fail(
          where,
          `output ${j} is ${formatAval(avals[j])} by its rule, bound as ${formatAval(v.aval)}`,
        )
      define(v, where)
    })
  })
  for (const a of graph.outputs) use(a, 'the outputs')
  return graph
}
