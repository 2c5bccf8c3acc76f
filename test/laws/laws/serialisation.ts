import { isRight } from 'fp-ts/lib/Either.js'
import { graphCodec } from '../../../src/export/serialize.js'
import type { Graph } from '../../../src/graph/graph.js'
import { graphKey } from '../../../src/graph/structuralKey.js'
import { inlineCustomRules } from '../../../src/passes/inlineCalls.js'
import { Violation } from '../closeness.js'
import { graphOfCase } from '../graphs.js'
import type { Law } from '../law.js'
import { Salt } from '../salt.js'
import { edgeTrials, formatTrial, type Trial } from '../trials.js'

/** Writing a graph as JSON text and reading it back gives an equal graph. @throws Violation */
export const requireRoundTrip = (graph: Graph): void => {
  const decoded = graphCodec.decode(JSON.parse(JSON.stringify(graphCodec.encode(graph))))
  if (!isRight(decoded))
    throw new Violation('the graph that was written is required, got one that does not decode')
  if (graphKey(decoded.right) !== graphKey(graph))
    throw new Violation(`${graphKey(graph)} is required, got ${graphKey(decoded.right)}`)
}

export const serialisation: Law<Trial> = {
  name: 'serialisation',
  statement: 'a graph written as JSON and read back is equal (custom rules: once they are inlined)',
  exception: () => null,
  trials: edgeTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const { graph } = graphOfCase(row, at, new Salt(salt))
    requireRoundTrip(inlineCustomRules(graph))
    return 0
  },
}
