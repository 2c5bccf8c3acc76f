import { flow } from 'fp-ts/lib/function.js'
import type { Graph } from '../../graph/graph.js'
import { commonSubexpressions } from './commonSubexpressions.js'
import { constantFolding } from './constantFolding.js'
import { deadCode } from './deadCode.js'
import { inlineCalls } from './inlineCalls.js'
import { simplify } from './simplify.js'
import { inSubGraphs } from './subGraphs.js'

/** A graph → graph pass: pure, idempotent, and without effect on any value. */
export type Pass = (graph: Graph) => Graph

const round: Pass = flow(constantFolding, simplify, commonSubexpressions, deadCode)

/**
 * All passes until nothing changes, then the same within loops and branches: calls inlined, constants folded,
 * identities and duplicates removed.
 */
export const optimize: Pass = (graph) => {
  let current = inlineCalls(graph)
  for (;;) {
    const next = round(current)
    if (next === current) return inSubGraphs(optimize)(current)
    current = next
  }
}
