import { checkGraph } from '../../../src/graph/check.js'
import type { Graph } from '../../../src/graph/graph.js'
import { derive } from '../../../src/transforms/derive.js'
import { derivativesOf, graphOfCase, passes } from '../graphs.js'
import type { Law } from '../law.js'
import type { Row } from '../opTable/row.js'
import { Salt } from '../salt.js'
import { anyTrials, formatTrial, type Trial } from '../trials.js'

/**
 * checkGraph accepts a graph, its derivatives, the batched versions of all of these, and what passes make.
 * @throws GradError
 */
export const requireSoundGraphs = (graph: Graph, only: Row['only'], random: Salt): void => {
  const derived = [{ name: 'trace', graph }, ...derivativesOf(graph, only)]
  for (const { graph: g } of derived) {
    checkGraph(g)
    for (const pass of Object.values(passes)) checkGraph(pass(g))
    if (g.inputs.length === 0) continue
    const batched = g.inputs.map(() => random.coin())
    checkGraph(derive.batch(g, 2, batched).graph)
    checkGraph(derive.batch(g, 2, batched, 'all').graph)
  }
}

export const soundGraphs: Law<Trial> = {
  name: 'soundGraphs',
  statement: 'the checker accepts the graph after trace, jvp, linearize, transpose, vmap and every pass',
  exception: () => null,
  trials: anyTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const random = new Salt(salt)
    requireSoundGraphs(graphOfCase(row, at, random).graph, row.only, random)
    return 0
  },
}
