import type { Atom, Eqn, Graph, Var } from '../graph/graph.js'
import { paramsKey } from '../graph/structuralKey.js'
import { formatAval } from '../ir/aval.js'
import { isKeptApart } from '../ops/control/remat.js'
import { rewrite } from './rewrite.js'

/** Computes equal equations once. Literals are equal by value (−0 is not 0, NaN is NaN). */
export const commonSubexpressions = (graph: Graph): Graph => {
  const ids = new Map<Var, number>()
  const seen = new Map<string, readonly Var[]>()
  const atomKey = (a: Atom): string => {
    if (a.kind === 'lit') return `${Object.is(a.value, -0) ? '-0' : a.value}:${formatAval(a.aval)}`
    let id = ids.get(a)
    if (id === undefined) {
      id = ids.size
      ids.set(a, id)
    }
    return `%${id}`
  }
  const keyOf = (eqn: Eqn): string =>
    `${eqn.primitive.name}(${eqn.inputs.map(atomKey).join(',')})${paramsKey(eqn.params)}`
  return rewrite(graph, (eqn) => {
    if (isKeptApart(eqn)) return null
    const key = keyOf(eqn)
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, eqn.outputs)
      return null
    }
    return first
  })
}
