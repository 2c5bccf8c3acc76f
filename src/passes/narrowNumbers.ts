import { type Atom, type Graph, newEqn, newGraph, newLit, newVar, type Var } from '../graph/graph.js'
import { type Aval, aval } from '../ir/aval.js'
import type { Backend } from '../ir/backend.js'
import { narrowType, storedValue } from '../ir/dtype.js'
import { convertP } from '../ops/elementwise/convert.js'
import { inSubGraphs } from './subGraphs.js'

const narrow = (a: Aval): Aval =>
  typeof a.weakType === 'string' ? aval(a.shape, narrowType(a.weakType), a.weakType) : a

/** JS numbers as integers or float32, within a graph and the graphs in it. */
const narrowed = (graph: Graph): Graph => {
  const vars = new Map<Var, Var>()
  const change = (v: Var): Var => {
    if (typeof v.aval.weakType !== 'string') return v
    if (!vars.has(v)) vars.set(v, newVar(narrow(v.aval)))
    return vars.get(v) as Var
  }
  const atom = (a: Atom): Atom => {
    if (a.kind === 'var') return change(a)
    const type = narrow(a.aval)
    return type === a.aval ? a : newLit(storedValue(type.dtype, a.value), type)
  }
  const inputs = graph.inputs.map(change)
  const eqns = inSubGraphs(narrowed)(graph).eqns.map((e) => {
    const [ins, outs] = [e.inputs.map(atom), e.outputs.map(change)]
    const { dtype, weakType } = outs[0]?.aval ?? {}
    const params = e.primitive === convertP ? { dtype, weakType } : e.params
    return newEqn(e.primitive, params, ins, outs, e.source)
  })
  return vars.size === 0 && eqns.every((e, i) => e.params === graph.eqns[i].params)
    ? graph
    : newGraph(inputs, eqns, graph.outputs.map(atom))
}

/** The graph for a backend: where there is no float64, JS numbers are rounded as they come. */
export const forNumbersOf = (backend: Backend, graph: Graph): Graph =>
  backend.capabilities.dtypes.includes('float64') ? graph : narrowed(graph)

/** The type by which tensors outside of a backend know a value of it. */
export const outsideType = (a: Aval): Aval =>
  typeof a.weakType === 'string' ? aval(a.shape, 'float64', a.weakType) : a
