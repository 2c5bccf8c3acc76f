import { evalGraph } from '../../graph/evaluate.js'
import type { Atom } from '../../graph/graph.js'
import { isZero, type Residual, type WholeJvp } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { closure, complement, compress, countTrue, maskKey, partsOf } from '../rules/masks.js'
import { instantiate, spreadTangents } from '../rules/rules.js'
import { dependentOutputs, partOf } from './dependence.js'
import { bindScan, type ScanParams } from './scan.js'

/** The way a residual of the body reaches the linear scan: as one value for all runs, or as a slice for each. */
type Source =
  | { readonly kind: 'constant'; readonly index: number }
  | { readonly kind: 'hoisted'; readonly output: Atom }
  | { readonly kind: 'stackedInput'; readonly index: number }
  | { readonly kind: 'stackedOutput'; readonly index: number }
  /** Not there yet: the forward scan stacks it, a carried value as it comes in or an output of the body. */
  | { readonly kind: 'carriedIn'; readonly index: number }
  | { readonly kind: 'bodyOutput'; readonly index: number }

/**
 * The forward scan gives the outputs and stacks residuals; the linear one takes them as slices. Values that depend on
 * constants alone are computed once, outside; the caller's stacked inputs and outputs are not stacked again.
 */
export const linearizeScan: WholeJvp<ScanParams> = (primals, tangents, p, derive) => {
  const { graph, constants, carried } = p
  const [inConstants, initially, inSlices] = partsOf(
    tangents.map((t) => !isZero(t)),
    constants,
    carried,
  )
  const maskWith = (mask: readonly boolean[]) => [...inConstants, ...mask, ...inSlices]
  const moving = closure(initially, (mask) =>
    derive.linearize(graph, maskWith(mask)).nonzeroOut.slice(0, carried),
  )
  const mask = maskWith(moving)
  const { forward, linear, residuals, nonzeroOut } = derive.linearize(graph, mask)
  const count = graph.outputs.length
  const isConstant = forward.inputs.map((_, i) => i < constants)
  const varying = dependentOutputs(forward, complement(isConstant))

  const sourceOf = ({ from, index }: Residual): Source => {
    if (from === 'input') {
      if (index < constants) return { kind: 'constant', index }
      if (index < constants + carried) return { kind: 'carriedIn', index }
      return { kind: 'stackedInput', index }
    }
    const output = from === 'output' ? index : count + index
    if (!varying[output]) return { kind: 'hoisted', output: forward.outputs[output] }
    if (from === 'output' && index >= carried) return { kind: 'stackedOutput', index }
    return { kind: 'bodyOutput', index: output }
  }
  const sources = residuals.map(sourceOf)
  const saved = sources.filter((s) => s.kind === 'carriedIn' || s.kind === 'bodyOutput')
  const body = derive.stage(
    forward,
    `scan forward ${constants} ${carried}`,
    forward.inputs.map((v) => v.aval),
    (args) => {
      const outs = evalGraph(forward, args)
      return [
        ...outs.slice(0, count),
        ...saved.map((s) => (s.kind === 'carriedIn' ? args[s.index] : outs[s.index])),
      ]
    },
  )
  const all = bindScan(primals, { ...p, graph: body })
  const outs = all.slice(0, count)

  const hoisted = sources.flatMap((s) => (s.kind === 'hoisted' ? [s.output] : []))
  const hoistedValues = evalGraph(partOf(forward, isConstant, hoisted), primals.slice(0, constants))
  const fixed = sources.map((s) => s.kind === 'constant' || s.kind === 'hoisted')
  let nextSaved = count
  let nextHoisted = 0
  const values = sources.map((s): Tensor => {
    switch (s.kind) {
      case 'constant':
      case 'stackedInput':
        return primals[s.index]
      case 'hoisted':
        return hoistedValues[nextHoisted++]
      case 'stackedOutput':
        return outs[s.index]
      default:
        return all[nextSaved++]
    }
  })

  const stackedOut = nonzeroOut.slice(carried)
  const sliced = complement(fixed)
  const residualAvals = linear.inputs.slice(0, residuals.length).map((v) => v.aval)
  const tangentAvals = linear.inputs.slice(residuals.length).map((v) => v.aval)
  const sizes = [countTrue(fixed), countTrue(inConstants), countTrue(moving), countTrue(sliced)] as const
  const [dc, ds, dx] = partsOf(tangentAvals, sizes[1], sizes[2])
  const linearBody = derive.stage(
    linear,
    `scan linear ${maskKey(fixed)} ${maskKey(mask)} ${constants} ${carried}`,
    [...compress(residualAvals, fixed), ...dc, ...ds, ...compress(residualAvals, sliced), ...dx],
    (args) => {
      const [same, dcs, dss, slices, dxs] = partsOf(args, ...sizes)
      let nextSame = 0
      let nextSlice = 0
      const given = fixed.map((b) => (b ? same[nextSame++] : slices[nextSlice++]))
      const found = spreadTangents(
        graph.outputs,
        nonzeroOut,
        evalGraph(linear, [...given, ...dcs, ...dss, ...dxs]),
      )
      return [
        ...compress(found.slice(0, carried), moving).map(instantiate),
        ...compress(found.slice(carried), stackedOut).map(instantiate),
      ]
    },
  )
  const [tc, ts, tx] = partsOf(tangents, constants, carried)
  const tangentsOut =
    linearBody.outputs.length === 0
      ? []
      : bindScan(
          [
            ...compress(values, fixed),
            ...compress(tc, inConstants).map(instantiate),
            ...compress(ts, moving).map(instantiate),
            ...compress(values, sliced),
            ...compress(tx, inSlices).map(instantiate),
          ],
          { ...p, graph: linearBody, constants: sizes[0] + sizes[1], carried: sizes[2] },
        )
  return { outs, tangents: spreadTangents(outs, [...moving, ...stackedOut], tangentsOut) }
}
