import type { Atom, Graph, Var } from '../graph/graph.js'
import { newGraph } from '../graph/graph.js'
import { graphKey } from '../graph/structuralKey.js'
import { type Concrete, fromDevice, splat, type Tensor } from '../graph/tensor.js'
import type { Backend, Placement } from '../ir/backend.js'
import { isFloat } from '../ir/dtype.js'
import { BackendError } from '../ir/errors.js'
import { peakBytes } from '../ir/memory.js'
import type { Program } from '../ir/program.js'
import { forNumbersOf, outsideType } from '../passes/narrowNumbers.js'
import { optimize } from '../passes/optimize.js'
import { LruCache } from './lruCache.js'
import { schedule } from './schedule/schedule.js'

/** A graph ready to run. */
export type Compiled = {
  readonly program: Program
  readonly placements: readonly Placement[] | undefined
  /** The most bytes that a run takes, inputs and outputs included. */
  peakBytes(donated: readonly boolean[]): number
  /** `donated[i]`: input i is not read by anybody else. */
  run(inputs: readonly Tensor[], donated?: readonly boolean[]): readonly Tensor[]
}

const compiledGraphs = new WeakMap<Graph, Map<string, Compiled>>()
/** Programs by structure, so that equal graphs share one executable. */
const executables = new LruCache<Compiled>(512)

/** The optimised program of a graph on a backend; kept with the graph, shared by graphs of one structure. */
export const compileGraph = (graph: Graph, backend: Backend): Compiled => {
  let byBackend = compiledGraphs.get(graph)
  if (byBackend === undefined) {
    byBackend = new Map()
    compiledGraphs.set(graph, byBackend)
  }
  const known = byBackend.get(backend.name)
  if (known !== undefined) return known
  const shared = executables.get(`${backend.name} ${graphKey(graph)}`, () =>
    build(optimize(forNumbersOf(backend, graph)), backend),
  )
  const compiled = withNaNSearch(shared, graph, backend)
  byBackend.set(backend.name, compiled)
  return compiled
}

let nanChecks: ((graph: Graph) => Graph) | null = null

/** Has a graph whose result has a NaN run again with these checks in it, until others are set; gives those before. @internal */
export const checkResults = (checks: typeof nanChecks): typeof nanChecks => {
  const before = nanChecks
  nanChecks = checks
  return before
}

/** The graph's own equations are looked at, since those of another with its structure were asked for elsewhere. */
const withNaNSearch = ({ run, ...compiled }: Compiled, graph: Graph, backend: Backend): Compiled => ({
  ...compiled,
  run: (inputs, donated) => {
    if (nanChecks === null) return run(inputs, donated)
    const outs = run(inputs)
    if (outs.some(hasNaN)) build(nanChecks(forNumbersOf(backend, graph)), backend).run(inputs)
    return outs
  },
})

const hasNaN = (t: Tensor): boolean =>
  isFloat(t.dtype) && (t as Concrete).read().some((x: number) => Number.isNaN(x))

/** The computed part of a graph: returned inputs and constants never reach the backend; equal outputs are computed once. */
const plan = (graph: Graph, backend: Backend) => {
  const places = new Map<Atom, number>(graph.inputs.map((v, i) => [v, i]))
  const computed = new Map<Var, number>()
  const sources = graph.outputs.map((a): ((inputs: readonly Tensor[], outs: readonly Tensor[]) => Tensor) => {
    if (a.kind === 'lit') return () => splat(a.value, outsideType(a.aval))
    const input = places.get(a)
    if (input !== undefined) return (inputs) => inputs[input]
    const index = computed.get(a) ?? computed.size
    computed.set(a, index)
    return (_inputs, outs) => outs[index]
  })
  const read = new Set<Atom>(graph.eqns.flatMap((e) => e.inputs))
  const used = graph.inputs.flatMap((v, i) => (read.has(v) ? [i] : []))
  const inputs = used.map((i) => graph.inputs[i])
  const outputs = [...computed.keys()]
  const program = schedule(newGraph(inputs, graph.eqns, outputs), backend.capabilities.costs)
  return { program, used, computed: outputs, sources }
}

/** The program of a graph, with the graph's own equations; those of a compiled one may be another's that is equal. */
export const programOf = (graph: Graph, backend: Backend): Program => plan(graph, backend).program

/** @throws BackendError where a value is of a dtype that the backend does not know */
const requireDTypes = (graph: Graph, { name, capabilities }: Backend): void => {
  const wrong = (v: Var): boolean => !capabilities.dtypes.includes(v.aval.dtype)
  const input = graph.inputs.find(wrong)
  const eqn = graph.eqns.find((e) => e.outputs.some(wrong))
  if (input === undefined && eqn === undefined) return
  const what = input === undefined ? `${eqn?.primitive.name} gives` : 'an argument is'
  const dtype = (input ?? eqn?.outputs.find(wrong))?.aval.dtype
  throw new BackendError(
    `${name}: ${capabilities.dtypes.join(', ')} are required, but ${what} ${dtype}. Convert with astype, or use another backend.`,
  )
}

const build = (graph: Graph, backend: Backend): Compiled => {
  requireDTypes(graph, backend)
  const { program, used, computed, sources } = plan(graph, backend)
  const executable = program.steps.length === 0 ? null : backend.compile(program)
  // an input that is handed back lives on, whoever gave it up
  const returned = new Set<Atom>(graph.outputs)
  const givenUp = (donated: readonly boolean[]): readonly boolean[] =>
    used.map((i) => donated[i] === true && !returned.has(graph.inputs[i]))
  return {
    program,
    placements: executable?.placements,
    peakBytes: (donated) => executable?.peakBytes?.(givenUp(donated)) ?? peakBytes(program),
    run: (inputs, donated = []) => {
      const handles = executable?.run(
        used.map((i) => (inputs[i] as Concrete).handleOn(backend)),
        givenUp(donated),
      )
      const outs = (handles ?? []).map((h, i) => fromDevice(backend, h, outsideType(computed[i].aval)))
      return sources.map((source) => source(inputs, outs))
    },
  }
}
