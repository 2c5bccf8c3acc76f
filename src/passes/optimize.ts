import type { Graph } from '../graph/graph.js'
import { commonSubexpressions } from './commonSubexpressions.js'
import { constantFolding } from './constantFolding.js'
import { deadCode, deadLoopValues } from './deadCode.js'
import { inlineCalls } from './inlineCalls.js'
import { simplify } from './simplify.js'
import { inSubGraphs } from './subGraphs.js'

/** A graph → graph pass: pure, idempotent, and without effect on any value. */
export type Pass = (graph: Graph) => Graph

const inTurn =
  (...passes: readonly Pass[]): Pass =>
  (graph) =>
    passes.reduce((g, pass) => pass(g), graph)

const round = inTurn(constantFolding, simplify, commonSubexpressions, deadCode, deadLoopValues)

const untilUnchanged =
  (pass: Pass): Pass =>
  (graph) => {
    for (let current = graph; ; ) {
      const next = pass(current)
      if (next === current) return current
      current = next
    }
  }

/**
 * All passes until nothing changes, within loops and branches too: calls inlined, constants folded, identities and
 * duplicates and unneeded equations removed.
 */
export const optimize: Pass = (graph) =>
  untilUnchanged(inTurn(untilUnchanged(round), inSubGraphs(optimize)))(inlineCalls(graph))
