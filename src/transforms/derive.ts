import type { Graph } from '../graph/graph.js'
import { type Derive, isZero, type Linearized, type Residual, Zero } from '../graph/primitive.js'
import { type Tensor, Tracer } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { type Aval, aval } from '../ir/aval.js'
import { internal } from '../ir/errors.js'
import { withBatchAxis } from '../ops/movement/batching.js'
import { compress, maskKey } from '../ops/rules/masks.js'
import { commonSubexpressions } from '../passes/commonSubexpressions.js'
import { batchInterpret } from './batchInterpret.js'
import { jvpInterpret } from './jvpGraph.js'
import { linearizeAt } from './linearizeAt.js'
import { transposeAt } from './transposeGraph.js'

const memo = new WeakMap<Graph, Map<string, unknown>>()

/** Derived graphs are made once for each graph, operation and mask. */
const memoised = <T>(graph: Graph, key: string, make: () => T): T => {
  let entries = memo.get(graph)
  if (entries === undefined) {
    entries = new Map()
    memo.set(graph, entries)
  }
  if (!entries.has(key)) entries.set(key, make())
  return entries.get(key) as T
}

const avalsOf = (graph: Graph): readonly Aval[] => graph.inputs.map((v) => v.aval)

/** Traces a function of closed graphs to a closed graph. */
const stage = (
  name: string,
  avals: readonly Aval[],
  f: (args: readonly Tensor[]) => readonly Tensor[],
): Graph => {
  const { graph, captures } = trace(name, avals, f)
  if (captures.length > 0) throw internal(`${name}: a closed graph captured ${captures.length} values`)
  return commonSubexpressions(graph)
}

/** The transforms of graphs into graphs. */
export const derive: Derive = {
  jvp: (graph, nonzeroIn) =>
    memoised(graph, `jvp ${maskKey(nonzeroIn)}`, () => {
      const avals = avalsOf(graph)
      let nonzeroOut: readonly boolean[] = []
      const derived = stage('jvp', [...avals, ...compress(avals, nonzeroIn)], (args) => {
        const moving = args.slice(avals.length)
        let next = 0
        const duals = avals.map((a, i) => ({
          primal: args[i],
          tangent: nonzeroIn[i] ? moving[next++] : new Zero(a),
        }))
        const results = jvpInterpret('jvp', graph, duals, derive)
        nonzeroOut = results.map((d) => !isZero(d.tangent))
        return [
          ...results.map((d) => d.primal),
          ...results.flatMap((d) => (isZero(d.tangent) ? [] : [d.tangent])),
        ]
      })
      return { graph: derived, nonzeroOut }
    }),

  linearize: (graph, nonzeroIn) =>
    memoised(graph, `linearize ${maskKey(nonzeroIn)}`, () => linearizeGraph(graph, nonzeroIn)),

  transpose: (graph, linearIn, nonzeroCts) =>
    memoised(graph, `transpose ${maskKey(linearIn)} ${maskKey(nonzeroCts)}`, () => {
      const values = avalsOf(graph).filter((_, i) => !linearIn[i])
      const outAvals = graph.outputs.map((a) => a.aval)
      let nonzeroOut: readonly boolean[] = []
      const derived = stage('transpose', [...values, ...compress(outAvals, nonzeroCts)], (args) => {
        let value = 0
        let ct = values.length
        const inCts = transposeAt(
          graph,
          linearIn.map((linear) => (linear ? null : args[value++])),
          outAvals.map((a, i) => (nonzeroCts[i] ? args[ct++] : new Zero(a))),
          derive,
        )
        nonzeroOut = inCts.map((t) => !isZero(t))
        return inCts.flatMap((t) => (isZero(t) ? [] : [t]))
      })
      return { graph: derived, nonzeroOut }
    }),

  axisName: null,

  batch: (graph, size, batched, outputs) => batchGraph(derive, graph, size, batched, outputs),

  stage: (from, key, avals, f) => memoised(from, `stage ${key}`, () => stage(key, avals, f)),
}

/** The same for a batched axis with a name. */
export const deriveAlong = (axisName: string | null): Derive => {
  if (axisName === null) return derive
  const rules: Derive = {
    ...derive,
    axisName,
    batch: (graph, size, batched, outputs) => batchGraph(rules, graph, size, batched, outputs),
  }
  return rules
}

/** A graph for all lanes at once; `rules` holds the name by which collectives find their axis. */
const batchGraph = (
  rules: Derive,
  graph: Graph,
  size: number,
  batched: readonly boolean[],
  outputs: 'asNeeded' | 'all' = 'asNeeded',
): { readonly graph: Graph; readonly batched: readonly boolean[] } =>
  memoised(graph, `batch ${size} ${maskKey(batched)} ${outputs} ${rules.axisName ?? ''}`, () => {
    const avals = avalsOf(graph).map((a, i) =>
      batched[i] ? aval([size, ...a.shape], a.dtype, a.weakType) : a,
    )
    let out: readonly boolean[] = []
    const derived = stage('vmap', avals, (args) => {
      const results = batchInterpret(
        size,
        graph,
        args.map((value, i) => ({ value, batched: batched[i] })),
        rules,
      )
      const widen = outputs === 'all'
      out = results.map((r) => widen || r.batched)
      return results.map((r) => (widen ? withBatchAxis(size, r.value, r.batched) : r.value))
    })
    return { graph: derived, batched: out }
  })

/** Residuals that are inputs or outputs of the graph are named, the others become extra outputs. */
const linearizeGraph = (graph: Graph, nonzeroIn: readonly boolean[]): Linearized => {
  let linear: Graph | null = null
  let nonzeroOut: readonly boolean[] = []
  const residuals: Residual[] = []
  const forward = stage('linearize', avalsOf(graph), (args) => {
    const at = linearizeAt('graph', graph, args, nonzeroIn, derive)
    linear = commonSubexpressions(at.linear)
    nonzeroOut = at.nonzeroOut
    const extras: Tensor[] = []
    const inputs = placesOf(args)
    const outputs = placesOf(at.outs)
    for (const r of at.residuals) {
      const input = inputs.get(identity(r))
      const output = outputs.get(identity(r))
      if (input !== undefined) residuals.push({ from: 'input', index: input })
      else if (output !== undefined) residuals.push({ from: 'output', index: output })
      else residuals.push({ from: 'extra', index: extras.push(r) - 1 })
    }
    return [...at.outs, ...extras]
  })
  if (linear === null) throw internal('linearize: nothing was traced')
  return { forward, linear, residuals, nonzeroOut }
}

/** Equal for tracers of one variable. */
const identity = (t: Tensor): object => (t instanceof Tracer ? t.variable : t)

/** The first position of each value. */
const placesOf = (values: readonly Tensor[]): ReadonlyMap<object, number> =>
  new Map(values.map((t, i) => [identity(t), i] as const).reverse())
