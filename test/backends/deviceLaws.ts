import * as fc from 'fast-check'
import { backendNamed } from '../../src/compiler/backends.js'
import { compileGraph } from '../../src/compiler/compile.js'
import type { Graph } from '../../src/graph/graph.js'
import { trace } from '../../src/graph/trace.js'
import { type DType, isFloat } from '../../src/ir/dtype.js'
import { derive } from '../../src/transforms/derive.js'
import { requireNear, requireWithin } from '../laws/closeness.js'
import { deviceUlps, type Form, operation, plainOf, type Row } from '../laws/opTable/row.js'
import { formatPlain, type Plain, toTensor } from '../laws/plain.js'
import { plainResults } from './plainResults.js'

/** Shapes that each primitive is checked at: every one is compiled. */
const forms = 3

/** Values that each shape's derivatives are checked with. */
const values = 4

/** Values that the primitive itself is checked with: the kernel is compiled once. */
const manyValues = 20

/** What a device does not promise. */
export type Traits = {
  /** Numbers below the least normal one may be taken for zero, as operands and as results. */
  readonly flushes: boolean
}

/** A graph, and which arguments it takes. */
type Derived = { readonly name: string; readonly graph: Graph }

/** The primitive, its forward and reverse derivatives, and itself over a batch. */
const graphsOf = (row: Row, graph: Graph): readonly Derived[] => {
  const moving = graph.inputs.map((v) => isFloat(v.aval.dtype))
  const batched = {
    name: 'batch',
    graph: derive.batch(
      graph,
      2,
      graph.inputs.map(() => true),
    ).graph,
  }
  const own = [{ name: 'primitive', graph }, batched]
  if (typeof row.smooth === 'string' || !moving.includes(true)) return own
  const jvp = row.only === 'reverse' ? [] : [{ name: 'jvp', graph: derive.jvp(graph, moving).graph }]
  if (row.only === 'forward') return [...own, ...jvp]
  const l = derive.linearize(graph, moving)
  const linear = l.linear.inputs.map((_, i) => i >= l.residuals.length)
  const outs = l.nonzeroOut.filter(Boolean)
  const vjp =
    outs.length === 0 ? [] : [{ name: 'vjp', graph: derive.transpose(l.linear, linear, outs).graph }]
  const forward = { name: 'linearize', graph: l.forward }
  return [...own, ...jvp, forward, ...vjp]
}

/** Devices take numbers below the least normal one for zero, or do not; none whose square is such are given to them. */
const normal = (x: Plain): Plain => ({
  ...x,
  data: x.data.map((v) => (isFloat(x.dtype) && Math.abs(v) < 2 ** -60 ? v * 0 : v)),
})

/** Arguments for a graph whose first inputs are those of the primitive; the others are any numbers. */
const argumentsOf = (graph: Graph, given: readonly Plain[], seed: number): readonly Plain[] => {
  const any = (shape: readonly number[], dtype: DType): fc.Arbitrary<Plain> =>
    plainOf({
      dtype,
      shape,
      elements: isFloat(dtype) ? fc.integer({ min: -16, max: 16 }).map((i) => i / 8) : fc.nat(1),
    })
  return graph.inputs.map(({ aval: { shape, dtype } }, i) => {
    const own = given[i] && normal(given[i])
    if (own !== undefined && own.shape.join() === shape.join()) return own
    if (own !== undefined && own.shape.join() === shape.slice(1).join())
      return { ...own, shape, data: Array.from({ length: shape[0] }, () => own.data).flat() }
    return fc.sample(any(shape, dtype), { numRuns: 1, seed: seed + i })[0]
  })
}

const outcome = (graph: Graph, args: readonly Plain[], backend: string): Promise<readonly Plain[]> =>
  plainResults(compileGraph(graph, backendNamed(backend)).run(args.map((x) => toTensor(x))))

const traced = (row: Row, form: Form<object>, given: readonly Plain[]): Graph =>
  trace(
    row.primitive.name,
    given.map((x) => toTensor(x).aval),
    (inputs) => operation(row, form.params)(...inputs),
  ).graph

/** Whether the backend has the dtypes of all values. */
const isKnown = (graph: Graph, backend: string): boolean =>
  [...graph.inputs, ...graph.eqns.flatMap((e) => e.outputs)].every((v) =>
    backendNamed(backend).capabilities.dtypes.includes(v.aval.dtype),
  )

const flushed = (x: Plain): Plain => ({
  ...x,
  data: x.data.map((v) => (isFloat(x.dtype) && Math.abs(v) < 2 ** -126 ? v * 0 : v)),
})

/**
 * A primitive gives on a backend what it gives on the reference, to the units in the last place that its row states:
 * any operands, and special ones. The sign of a zero is not compared.
 * @throws Violation
 */
export const valuesAgree = async (
  row: Row,
  dtype: DType,
  backend: string,
  { flushes }: Traits,
  seed: number,
): Promise<void> => {
  const edges = row.edges(dtype)
  const sampled = [
    ...fc.sample(row.forms(dtype), { numRuns: forms, seed }),
    ...(typeof edges === 'string' ? [] : fc.sample(edges, { numRuns: 1, seed })),
  ]
  const { ulps, largest = Number.POSITIVE_INFINITY } = row.device ?? { ulps: deviceUlps }
  const within = (x: Plain): Plain => ({
    ...x,
    data: x.data.map((v) => (Math.abs(v) > largest && Number.isFinite(v) ? Math.sign(v) * largest : v)),
  })
  const taken = (x: Plain): Plain => (flushes ? flushed(within(x)) : within(x))
  for (const form of sampled) {
    const operands = fc.tuple(...form.operands.map((o) => plainOf(o)))
    const cases = fc.sample(operands, { numRuns: manyValues, seed }).map((given) => given.map(taken))
    const graph = traced(row, form, cases[0])
    if (graph.outputs.length === 0 || !isKnown(graph, backend)) continue
    // all are asked before the first is read: a device that answers later is waited for once
    const answers = await Promise.all(cases.map((given) => outcome(graph, given, backend)))
    for (const [k, given] of cases.entries()) {
      const want = await outcome(graph, given, 'reference')
      const got = answers[k]
      const scales = row.oracle(given, form.params).map((e) => e.scale)
      const about = `${row.primitive.name}${JSON.stringify(form.params)} of ${given.map(formatPlain).join(', ')}`
      want.forEach((w, i) => {
        requireWithin(about, taken(got[i]), taken(w), ulps, scales[i])
      })
    }
  }
}

/**
 * A primitive, its derivatives and itself over a batch give on a backend what they give on the reference.
 * @throws Violation
 */
export const agreesWithReference = async (
  row: Row,
  dtype: DType,
  backend: string,
  tolerance: number,
  seed: number,
): Promise<number> => {
  let worst = 0
  const sampled = fc.sample(row.forms(dtype), { numRuns: forms, seed })
  for (const [which, form] of sampled.entries()) {
    const cases = fc.sample(fc.tuple(...form.operands.map((o) => plainOf(o))), { numRuns: values, seed })
    const graph = traced(row, form, cases[0])
    for (const { name, graph: derived } of graphsOf(row, graph)) {
      if (derived.outputs.length === 0 || !isKnown(derived, backend)) continue
      // what a linear map takes first are residuals: any numbers of their shapes
      const given = cases.map((c, k) => argumentsOf(derived, name === 'vjp' ? [] : c, seed + 97 * k))
      const answers = await Promise.all(given.map((args) => outcome(derived, args, backend)))
      const about = `${row.primitive.name}, ${name}, ${dtype}, form ${which}`
      for (const [k, args] of given.entries()) {
        const want = await outcome(derived, args, 'reference')
        worst = Math.max(worst, requireNear(about, answers[k], want, tolerance))
      }
    }
  }
  return worst
}
