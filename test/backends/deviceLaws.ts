import * as fc from 'fast-check'
import { type DType, isFloat } from '../../src/graph/dtype.js'
import type { Graph } from '../../src/graph/graph.js'
import { trace } from '../../src/graph/trace.js'
import { backendNamed } from '../../src/transforms/backends.js'
import { compileGraph } from '../../src/transforms/compile.js'
import { derive } from '../../src/transforms/derive.js'
import { requireNear } from '../laws/closeness.js'
import { operation, plainOf, type Row } from '../laws/opTable/row.js'
import { type Plain, toPlain, toTensor } from '../laws/plain.js'

/** Shapes that each primitive is checked at: every one is compiled. */
const forms = 3

/** Values that each shape is checked with. */
const values = 4

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

/** Results, or what was thrown. */
const outcome = (graph: Graph, args: readonly Plain[], backend: string): readonly Plain[] =>
  compileGraph(graph, backendNamed(backend))
    .run(args.map((x) => toTensor(x)))
    .map(toPlain)

/**
 * A primitive, its derivatives and itself over a batch give on a backend what they give on the reference.
 * @throws Violation
 */
export const agreesWithReference = (
  row: Row,
  dtype: DType,
  backend: string,
  tolerance: number,
  seed: number,
): number => {
  let worst = 0
  const sampled = fc.sample(row.forms(dtype), { numRuns: forms, seed })
  sampled.forEach((form, which) => {
    if (
      !backendNamed(backend).capabilities.dtypes.includes('float64') &&
      form.operands.some((o) => o.dtype === 'float64')
    )
      return
    const cases = fc.sample(fc.tuple(...form.operands.map((o) => plainOf(o))), { numRuns: values, seed })
    const { graph } = trace(
      row.primitive.name,
      cases[0].map((x) => toTensor(x).aval),
      (inputs) => operation(row, form.params)(...inputs),
    )
    for (const { name, graph: derived } of graphsOf(row, graph)) {
      if (derived.outputs.length === 0) continue
      cases.forEach((given, k) => {
        // what a linear map takes first are residuals: any numbers of their shapes
        const args = argumentsOf(derived, name === 'vjp' ? [] : given, seed + 97 * k)
        const about = `${row.primitive.name}, ${name}, ${dtype}, form ${which}`
        worst = Math.max(
          worst,
          requireNear(about, outcome(derived, args, backend), outcome(derived, args, 'reference'), tolerance),
        )
      })
    }
  })
  return worst
}
