import { type Atom, type Eqn, type Graph, newEqn, newGraph, subGraphs } from '../graph/graph.js'
import { captureTraceSite, formatSite } from '../graph/sourceSite.js'
import { HostRef } from '../graph/structuralKey.js'
import type { Concrete, Tensor } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import { isFloat, type TypedArray } from '../ir/dtype.js'
import { NaNError } from '../ir/errors.js'
import { debugCallbackP } from '../ops/control/callback.js'
import { inlineCalls } from './inlineCalls.js'
import { inSubGraphs } from './subGraphs.js'

/** Whether there is one, and where the first is. */
const firstNaN = (data: TypedArray): number => data.findIndex((x: number) => Number.isNaN(x))

/** The graph with a look at the results of every operation, which throws where one has a NaN. */
export const nanChecks = (graph: Graph): Graph => withChecks(inlineCalls(graph))

const withChecks = (graph: Graph): Graph => {
  const within = inSubGraphs(withChecks)(graph)
  return newGraph(
    within.inputs,
    within.eqns.flatMap((eqn) => (subGraphs(eqn.params).length > 0 ? [eqn] : [eqn, ...checkOf(eqn)])),
    within.outputs,
  )
}

const isFloatAtom = (a: Atom): boolean => isFloat(a.aval.dtype)

const checkOf = (eqn: Eqn): readonly Eqn[] => {
  const outputs = eqn.outputs.filter(isFloatAtom)
  if (outputs.length === 0) return []
  const operands = eqn.inputs.filter(isFloatAtom)
  const hook = new HostRef('debug.nans', (values: readonly Tensor[]): readonly Tensor[] => {
    const dataOf = (t: Tensor): TypedArray => (t as Concrete).read()
    values.slice(0, outputs.length).forEach((t) => {
      const at = firstNaN(dataOf(t))
      if (at < 0) return
      const known = values.slice(outputs.length).some((x) => firstNaN(dataOf(x)) >= 0)
      throw new NaNError(
        `${eqn.primitive.name}: a result without NaN is required under debug.nans, got ${formatAval(t.aval)} with NaN at element ${at}, from operands ${known ? 'that have NaN already' : 'without any'}. It was asked for at ${formatSite(eqn.source ?? captureTraceSite())}.`,
      )
    })
    return []
  })
  const params = { name: 'debug.nans', hook, lanes: [], results: [] }
  return [newEqn(debugCallbackP, params, [...outputs, ...operands], [], eqn.source)]
}
