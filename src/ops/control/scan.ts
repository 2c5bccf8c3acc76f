import { bind } from '../../graph/bind.js'
import { evalGraph } from '../../graph/evaluate.js'
import type { Graph } from '../../graph/graph.js'
import {
  type BatchRule,
  type Derive,
  definePrimitive,
  isLinear,
  isZero,
  type Operand,
  type Tangent,
  type TransposeRule,
  type WholeJvp,
} from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, compatible, formatAval } from '../../ir/aval.js'
import { internal } from '../../ir/errors.js'
import { accumulate } from '../elementwise/arithmetic.js'
import { moveAxis, withBatchAxis } from '../movement/batching.js'
import { closure, complement, compress, countTrue, maskKey, partsOf, placed } from '../rules/masks.js'
import { instantiate, spreadTangents, zerosLike } from '../rules/rules.js'
import { dependentOutputs, partOf } from './dependence.js'
import { linearizeScan } from './scanLinearize.js'

/**
 * `graph`: (constants, carried, a slice of each stacked input) → (carried, a slice of each stacked output).
 * Operands: constants, initial carried values, stacked inputs `[length, ...]`.
 */
export type ScanParams = {
  readonly graph: Graph
  readonly constants: number
  readonly carried: number
  readonly length: number
  readonly reverse: boolean
}

const stackedAval = (length: number, a: Aval): Aval => aval([length, ...a.shape], a.dtype, a.weakType)

const outputAvals = (operands: readonly Aval[], p: ScanParams): readonly Aval[] => {
  const { graph, constants, carried, length } = p
  graph.inputs.forEach((v, i) => {
    const required = i < constants + carried ? v.aval : stackedAval(length, v.aval)
    const got = operands[i]
    if (got === undefined || !compatible(required, got))
      throw internal(
        `scan: operand ${i} is ${got === undefined ? 'missing' : formatAval(got)}, its body takes ${formatAval(required)}`,
      )
  })
  const outs = graph.outputs.map((a) => a.aval)
  const changed = outs.slice(0, carried).findIndex((a, i) => !compatible(a, graph.inputs[constants + i].aval))
  if (changed >= 0)
    throw internal(`scan: carried value ${changed} is given on as ${formatAval(outs[changed])}`)
  return outs.map((a, i) => (i < carried ? a : stackedAval(length, a)))
}

/** Tangents are carried beside the values; the set of nonzero ones is complete once another run adds none. */
const jvp: WholeJvp<ScanParams> = (primals, tangents, p, derive) => {
  const { graph, constants, carried } = p
  const nonzero = tangents.map((t) => !isZero(t))
  const [inConstants, initially, inSlices] = partsOf(nonzero, constants, carried)
  const maskWith = (mask: readonly boolean[]) => [...inConstants, ...mask, ...inSlices]
  const moving = closure(initially, (mask) => derive.jvp(graph, maskWith(mask)).nonzeroOut.slice(0, carried))
  const mask = maskWith(moving)
  const derived = derive.jvp(graph, mask)
  const avals = graph.inputs.map((v) => v.aval)
  const [c, s, x] = partsOf(avals, constants, carried)
  const [dc, ds, dx] = [compress(c, inConstants), compress(s, moving), compress(x, inSlices)]
  const outs = graph.outputs.length
  const body = derive.stage(
    graph,
    `scan jvp ${maskKey(mask)} ${constants} ${carried}`,
    [...c, ...dc, ...s, ...ds, ...x, ...dx],
    (args) => {
      const [cs, dcs, ss, dss, xs, dxs] = partsOf(args, c.length, dc.length, s.length, ds.length, x.length)
      const all = evalGraph(derived.graph, [...cs, ...ss, ...xs, ...dcs, ...dss, ...dxs])
      const tangentsOut = spreadTangents(graph.outputs, derived.nonzeroOut, all.slice(outs))
      return [
        ...all.slice(0, carried),
        ...compress(tangentsOut.slice(0, carried), moving).map(instantiate),
        ...all.slice(carried, outs),
        ...compress(tangentsOut.slice(carried), derived.nonzeroOut.slice(carried)).map(instantiate),
      ]
    },
  )
  const [pc, ps, px] = partsOf(primals, constants, carried)
  const [tc, ts, tx] = partsOf(tangents, constants, carried)
  const given = (all: typeof tangents, which: readonly boolean[]) => compress(all, which).map(instantiate)
  const all = bindScan(
    [...pc, ...given(tc, inConstants), ...ps, ...given(ts, moving), ...px, ...given(tx, inSlices)],
    { ...p, graph: body, constants: c.length + dc.length, carried: s.length + ds.length },
  )
  const [carriedOut, carriedTangents, stacked, stackedTangents] = partsOf(
    all,
    carried,
    ds.length,
    outs - carried,
  )
  return {
    outs: [...carriedOut, ...stacked],
    tangents: spreadTangents(
      [...carriedOut, ...stacked],
      [...moving, ...derived.nonzeroOut.slice(carried)],
      [...carriedTangents, ...stackedTangents],
    ),
  }
}

/**
 * The transposed scan runs the other way. Cotangents of constants are carried and added up, those of stacked inputs
 * are stacked. A carried value is linear if it begins as one or comes to depend on one, also where it begins as an
 * instantiated zero; others are run forwards first.
 */
const transpose: TransposeRule<ScanParams> = (cts, operands, p, derive) => {
  const { graph, constants, carried } = p
  const [inConstants, initially, inSlices] = partsOf(operands.map(isLinear), constants, carried)
  const moving = closure(initially, (mask) =>
    dependentOutputs(graph, [...inConstants, ...mask, ...inSlices]).slice(0, carried),
  )
  return moving.includes(false)
    ? transposeBesideFixed(moving, cts, operands, p, derive)
    : transposeLinear(cts, operands, p, derive)
}

/** Carried values that depend on no linear input get a scan of their own, and become stacked inputs. */
const transposeBesideFixed = (
  moving: readonly boolean[],
  cts: readonly Tangent[],
  operands: readonly Operand[],
  p: ScanParams,
  derive: Derive,
): readonly (Tangent | null)[] => {
  const { graph, constants, carried, length, reverse } = p
  const [c, s, x] = partsOf(operands, constants, carried)
  const fixed = complement(moving)
  const count = countTrue(fixed)
  const known = [...complement(c.map(isLinear)), ...fixed, ...complement(x.map(isLinear))]
  const part = partOf(graph, known, compress(graph.outputs.slice(0, carried), fixed))
  const knownConstants = countTrue(known.slice(0, constants))
  const key = `${maskKey(known)} ${constants} ${carried}`
  const alone = derive.stage(
    graph,
    `scan fixed ${key}`,
    part.inputs.map((v) => v.aval),
    (args) => [...evalGraph(part, args), ...args.slice(knownConstants, knownConstants + count)],
  )
  const values = compress(operands, known).filter((o): o is Tensor => !isLinear(o))
  const stacked = bindScan(values, {
    graph: alone,
    constants: knownConstants,
    carried: count,
    length,
    reverse,
  })
  const [cAvals, sAvals, xAvals] = partsOf(
    graph.inputs.map((v) => v.aval),
    constants,
    carried,
  )
  const linear = derive.stage(
    graph,
    `scan beside fixed ${key}`,
    [...cAvals, ...compress(sAvals, moving), ...xAvals, ...compress(sAvals, fixed)],
    (args) => {
      const [cs, ss, xs, held] = partsOf(args, c.length, carried - count, x.length)
      const [still, moved] = [placed(fixed, held), placed(moving, ss)]
      const outs = evalGraph(graph, [...cs, ...moving.map((b, i) => (b ? moved : still)[i] as Tensor), ...xs])
      return [...compress(outs.slice(0, carried), moving), ...outs.slice(carried)]
    },
  )
  const found = transposeLinear(
    [...compress(cts.slice(0, carried), moving), ...cts.slice(carried)],
    [...c, ...compress(s, moving), ...x, ...stacked.slice(count)],
    { ...p, graph: linear, carried: carried - count },
    derive,
  )
  const [ofConstants, ofInitial, ofSlices] = partsOf(found, constants, carried - count)
  return [...ofConstants, ...placed(moving, ofInitial), ...ofSlices.slice(0, x.length)]
}

/** The transpose where all carried values are linear. */
const transposeLinear = (
  cts: readonly Tangent[],
  operands: readonly Operand[],
  p: ScanParams,
  derive: Derive,
): readonly (Tangent | null)[] => {
  const { graph, constants, carried } = p
  const linear = operands.map(isLinear)
  const [linearConstants, linearInitial, linearSlices] = partsOf(linear, constants, carried)
  const nonzeroStacked = cts.slice(carried).map((t) => !isZero(t))
  const all = linearInitial.map(() => true)
  const derived = derive.transpose(
    graph,
    [...linearConstants, ...all, ...linearSlices],
    [...all, ...nonzeroStacked],
  )
  const avals = graph.inputs.map((v) => v.aval)
  const [c, s, x] = partsOf(avals, constants, carried)
  const [fixed, ctC] = [compress(c, complement(linearConstants)), compress(c, linearConstants)]
  const [slices, ctX] = [compress(x, complement(linearSlices)), compress(x, linearSlices)]
  const ctY = compress(
    graph.outputs.slice(carried).map((a) => a.aval),
    nonzeroStacked,
  )
  const nonzeroX = derived.nonzeroOut.slice(ctC.length + carried)
  const body = derive.stage(
    graph,
    `scan transpose ${maskKey(linear)} ${maskKey(nonzeroStacked)} ${constants} ${carried}`,
    [...fixed, ...ctC, ...s, ...slices, ...ctY],
    (args) => {
      const [values, sums, carriedCts, sliced, stackedCts] = partsOf(
        args,
        fixed.length,
        ctC.length,
        carried,
        slices.length,
      )
      const outs = evalGraph(derived.graph, [...values, ...sliced, ...carriedCts, ...stackedCts])
      const found = spreadTangents(
        [...ctC, ...s, ...ctX].map((a) => ({ aval: a })),
        derived.nonzeroOut,
        outs,
      )
      return [
        ...sums.map((sum, i) => {
          const more = found[i]
          return isZero(more) ? sum : accumulate(sum, more)
        }),
        ...found.slice(ctC.length, ctC.length + carried).map(instantiate),
        ...compress(found.slice(ctC.length + carried), nonzeroX).map(instantiate),
      ]
    },
  )
  const values = operands.filter((o): o is Tensor => !isLinear(o))
  const outs = bindScan(
    [
      ...values.slice(0, fixed.length),
      ...ctC.map((a) => zerosLike({ aval: a })),
      ...cts.slice(0, carried).map(instantiate),
      ...values.slice(values.length - slices.length),
      ...compress(cts.slice(carried), nonzeroStacked).map(instantiate),
    ],
    { ...p, graph: body, constants: fixed.length, carried: ctC.length + carried, reverse: !p.reverse },
  )
  const [ofConstants, ofInitial, ofStacked] = partsOf(outs, ctC.length, carried)
  const stacked = spreadTangents(
    compress(operands.slice(constants + carried), linearSlices),
    nonzeroX,
    ofStacked,
  )
  return [
    ...placed(linearConstants, ofConstants),
    ...linearInitial.map((b, i) => (b ? ofInitial[i] : null)),
    ...placed(linearSlices, stacked),
  ]
}

/** The set of carried values with a batch axis is complete once another run adds none. */
const batch: BatchRule<ScanParams> = (size, xs, batched, p, derive) => {
  const { graph, constants, carried } = p
  const [inConstants, initially, inSlices] = partsOf(batched, constants, carried)
  const maskWith = (mask: readonly boolean[]) => [...inConstants, ...mask, ...inSlices]
  const moving = closure(initially, (mask) =>
    derive.batch(graph, size, maskWith(mask)).batched.slice(0, carried),
  )
  const mask = maskWith(moving)
  const derived = derive.batch(graph, size, mask)
  const body = derive.stage(
    derived.graph,
    `scan batch ${maskKey(moving)}`,
    derived.graph.inputs.map((v) => v.aval),
    (args) =>
      evalGraph(derived.graph, args).map((out, i) =>
        i < carried && moving[i] ? withBatchAxis(size, out, derived.batched[i]) : out,
      ),
  )
  const operands = xs.map((x, i) => {
    if (i < constants) return x
    if (i < constants + carried) return moving[i - constants] ? withBatchAxis(size, x, batched[i]) : x
    return batched[i] ? moveAxis(x, 0, 1) : x
  })
  const outs = bindScan(operands, { ...p, graph: body })
  const mapped = [...moving, ...derived.batched.slice(carried)]
  return { outs: outs.map((o, i) => (i >= carried && mapped[i] ? moveAxis(o, 1, 0) : o)), batched: mapped }
}

/** A loop of known length over slices of its operands, carrying values from one run to the next. */
export const scanP = definePrimitive<ScanParams>({
  name: 'scan',
  abstractEval: outputAvals,
  jvp: { whole: jvp },
  linearize: { whole: (primals, tangents, p, derive) => linearizeScan(primals, tangents, p, derive) },
  transpose,
  batch,
  lower: (_avals, { graph, constants, carried, length, reverse }) => ({
    kind: 'loop',
    body: graph,
    constants,
    carried,
    length,
    reverse,
  }),
})

export const bindScan = (operands: readonly Tensor[], params: ScanParams): readonly Tensor[] =>
  bind(scanP, operands, params)
