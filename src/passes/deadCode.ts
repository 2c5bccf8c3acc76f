import { type Eqn, type Graph, newEqn, newGraph, type Var } from '../graph/graph.js'
import { liveEquations } from '../graph/liveness.js'
import { type ScanParams, scanP } from '../ops/control/scan.js'
import { closure, compress, countTrue, partsOf } from '../ops/rules/masks.js'

/** Removes equations that neither an output nor an effect needs. */
export const deadCode = (graph: Graph): Graph => {
  const { eqns } = liveEquations(graph.eqns, graph.outputs)
  return eqns.length === graph.eqns.length ? graph : newGraph(graph.inputs, eqns, graph.outputs)
}

/**
 * Leaves unneeded values out of every scan: stacked outputs that are not read, carried values that neither the
 * outputs nor the kept ones depend on, and operands that the rest of the body does not read.
 */
export const deadLoopValues = (graph: Graph): Graph => {
  const live = new Set(graph.outputs.filter((a) => a.kind === 'var'))
  const eqns = graph.eqns.reduceRight<Eqn[]>((later, eqn) => {
    const kept = eqn.primitive === scanP ? withoutDead(eqn, live) : eqn
    for (const a of kept.inputs) if (a.kind === 'var') live.add(a)
    later.push(kept)
    return later
  }, [])
  eqns.reverse()
  return eqns.every((e, i) => e === graph.eqns[i]) ? graph : newGraph(graph.inputs, eqns, graph.outputs)
}

const withoutDead = (eqn: Eqn, live: ReadonlySet<Var>): Eqn => {
  const p = eqn.params as ScanParams
  const { graph, constants, carried } = p
  const [carriedOut, stackedOut] = partsOf(
    eqn.outputs.map((v) => live.has(v)),
    carried,
  )
  const partFor = (carry: readonly boolean[]) => {
    const outputs = compress(graph.outputs, [...carry, ...stackedOut])
    return { ...liveEquations(graph.eqns, outputs), outputs }
  }
  const isCarriedRead = (carry: readonly boolean[]): readonly boolean[] => {
    const { live: read } = partFor(carry)
    return graph.inputs.slice(constants, constants + carried).map((v) => read.has(v))
  }
  const carry = closure(carriedOut, isCarriedRead)
  const { eqns, live: read, outputs } = partFor(carry)
  const [readConstants, , readSlices] = partsOf(
    graph.inputs.map((v) => read.has(v)),
    constants,
    carried,
  )
  const inputs = [...readConstants, ...carry, ...readSlices]
  if (!inputs.includes(false) && outputs.length === graph.outputs.length) return eqn
  const params: ScanParams = {
    ...p,
    graph: newGraph(compress(graph.inputs, inputs), eqns, outputs),
    constants: countTrue(readConstants),
    carried: countTrue(carry),
  }
  return newEqn(
    eqn.primitive,
    params,
    compress(eqn.inputs, inputs),
    compress(eqn.outputs, [...carry, ...stackedOut]),
    eqn.source,
  )
}
