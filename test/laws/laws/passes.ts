import { graphKey } from '../../../src/graph/structuralKey.js'
import { requireIdentical, Violation } from '../closeness.js'
import type { Runnable } from '../graphs.js'
import { passes as allPasses, graphOfCase, jvpOf, runGraph } from '../graphs.js'
import type { Law } from '../law.js'
import { Salt } from '../salt.js'
import { edgeTrials, formatTrial, type Trial } from '../trials.js'

/** Every pass leaves every value as it is, bit for bit, and does nothing the second time. @throws Violation */
export const requireSoundPasses = ({ name, graph, args }: Runnable): void => {
  const want = runGraph(graph, args)
  for (const [passName, pass] of Object.entries(allPasses)) {
    const once = pass(graph)
    const got = runGraph(once, args)
    want.forEach((w, i) => {
      requireIdentical(`${passName} of the ${name}, result ${i}`, got[i], w)
    })
    if (graphKey(pass(once)) !== graphKey(once))
      throw new Violation(`${passName} of the ${name}: nothing to do the second time is required`)
  }
}

export const passes: Law<Trial> = {
  name: 'passes',
  statement: 'every pass keeps all values, NaN, ±Inf and −0 included, and is idempotent',
  exception: () => null,
  trials: edgeTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const random = new Salt(salt)
    const traced = graphOfCase(row, at, random)
    const graphs = row.only === 'reverse' ? [traced] : [traced, ...jvpOf(traced, random)]
    for (const g of graphs) requireSoundPasses(g)
    return 0
  },
}
