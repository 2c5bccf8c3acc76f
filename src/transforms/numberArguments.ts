import { type Graph, newEqn, newGraph, newVar, type Var } from '../graph/graph.js'
import { splat, splatValue, type Tensor } from '../graph/tensor.js'
import { type Traced, trace } from '../graph/trace.js'
import type { Aval } from '../ir/aval.js'
import { isFloat, storedValue } from '../ir/dtype.js'
import { type ConvertParams, convertP } from '../ops/elementwise/convert.js'
import { asType, kindOf } from '../ops/elementwise/lift.js'
import { rewrite } from '../passes/rewrite.js'

/**
 * A graph whose JS numbers have the types that it gives them: a number that is only ever converted to one type becomes an
 * input of that type. The caller then converts it, once, and as it would be converted without a trace.
 */
export const askForTypes = (graph: Graph): Graph => {
  const wanted = new Map<Var, Var>()
  for (const v of graph.inputs) {
    if (typeof v.aval.weakType !== 'string') continue
    const type = onlyType(graph, v)
    if (type !== null) wanted.set(v, newVar(type))
  }
  if (wanted.size === 0) return graph
  const eqns = graph.eqns.map((e) => {
    const inputs = e.inputs.map((a) => (a.kind === 'var' ? (wanted.get(a) ?? a) : a))
    return inputs.every((a, i) => a === e.inputs[i])
      ? e
      : newEqn(e.primitive, e.params, inputs, e.outputs, e.source)
  })
  const inputs = graph.inputs.map((v) => wanted.get(v) ?? v)
  const fresh = new Set(wanted.values())
  return rewrite(newGraph(inputs, eqns, graph.outputs), (e) => {
    const [x] = e.inputs
    const isDone =
      e.primitive === convertP && x.kind === 'var' && fresh.has(x) && sameType(x.aval, e.outputs[0].aval)
    return isDone ? [x] : null
  })
}

const sameType = (a: Aval, b: Aval): boolean => a.dtype === b.dtype && a.weakType === b.weakType

/** The only type that a graph converts an input to, `null` if there is none; weak unless it is always strong. */
const onlyType = (graph: Graph, v: Var): Aval | null => {
  const readers = graph.eqns.filter((e) => e.inputs.includes(v))
  const types = readers.map((e) => e.outputs[0]?.aval)
  const [first] = types
  const isOne =
    first !== undefined &&
    !graph.outputs.includes(v) &&
    readers.every((e, i) => e.primitive === convertP && types[i].dtype === first.dtype) &&
    typeof (readers[0].params as ConvertParams).weakType !== 'string' &&
    // fractions are truncated in the graph, which does not know their values
    (v.aval.weakType !== 'fraction' || isFloat(first.dtype))
  return isOne ? (types.find((t) => t.weakType === true) ?? first) : null
}

/** Leaves, with JS numbers converted to the types that a graph asks for. */
export const asAskedFor = (
  name: string,
  graph: Graph,
  captures: number,
  leaves: readonly Tensor[],
): readonly Tensor[] =>
  leaves.map((t, i) => {
    const { aval } = graph.inputs[captures + i]
    if (kindOf(t) === null || sameType(t.aval, aval)) return t
    const value = splatValue(t)
    return value === null
      ? asType(name, t, aval.dtype, aval.weakType)
      : splat(storedValue(aval.dtype, value), aval)
  })

/** A function traced at leaves; `leaves` have the types that its graph asks for. */
export const traceAt = (
  name: string,
  leaves: readonly Tensor[],
  f: (args: readonly Tensor[]) => readonly Tensor[],
  values?: readonly (Tensor | null)[],
): Traced & { readonly leaves: readonly Tensor[] } => {
  const traced = trace(
    name,
    leaves.map((t) => t.aval),
    f,
    values,
  )
  const graph = askForTypes(traced.graph)
  return { ...traced, graph, leaves: asAskedFor(name, graph, traced.captures.length, leaves) }
}
