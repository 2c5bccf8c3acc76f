import { bind } from '../../graph/bind.js'
import { evalGraph } from '../../graph/evaluate.js'
import type { Graph } from '../../graph/graph.js'
import {
  type BatchRule,
  type Derive,
  definePrimitive,
  isZero,
  type Tangent,
  type WholeJvp,
} from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, compatible, formatAval } from '../../ir/aval.js'
import { internal, MissingRuleError } from '../../ir/errors.js'
import { select } from '../elementwise/select.js'
import { withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { reduceOr } from '../reductions/reduceLogical.js'
import { closure, compress, maskKey, partsOf } from '../rules/masks.js'
import { instantiate, spreadTangents } from '../rules/rules.js'

/**
 * `condition`: (its constants, carried) → bool scalar; `body`: (its constants, carried) → carried.
 * Operands: the condition's constants, the body's, initial values.
 */
export type WhileParams = {
  readonly condition: Graph
  readonly body: Graph
  readonly conditionConstants: number
  readonly bodyConstants: number
}

const outputAvals = (operands: readonly Aval[], p: WhileParams): readonly Aval[] => {
  const carried = p.body.inputs.slice(p.bodyConstants).map((v) => v.aval)
  const outs = p.body.outputs.map((a) => a.aval)
  const required = [
    ...p.condition.inputs.slice(0, p.conditionConstants).map((v) => v.aval),
    ...p.body.inputs.map((v) => v.aval),
  ]
  const wrong = required.findIndex((a, i) => operands[i] === undefined || !compatible(a, operands[i]))
  if (wrong >= 0) throw internal(`while: operand ${wrong} is no ${formatAval(required[wrong])}`)
  const changed = carried.findIndex((a, i) => outs[i] === undefined || !compatible(a, outs[i]))
  if (changed >= 0)
    throw internal(`while: carried value ${changed} is not given on as ${formatAval(carried[changed])}`)
  return outs
}

/** The loop that carries tangents beside the values; the condition looks at the values alone. */
const jvpLoop = (
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
  p: WhileParams,
  derive: Derive,
): { readonly all: readonly Tensor[]; readonly moving: readonly boolean[] } => {
  const { condition, body, conditionConstants, bodyConstants } = p
  const [, inConstants, initially] = partsOf(
    tangents.map((t) => !isZero(t)),
    conditionConstants,
    bodyConstants,
  )
  const moving = closure(initially, (mask) => derive.jvp(body, [...inConstants, ...mask]).nonzeroOut)
  const mask = [...inConstants, ...moving]
  const derived = derive.jvp(body, mask)
  const [c, s] = partsOf(
    body.inputs.map((v) => v.aval),
    bodyConstants,
  )
  const [dc, ds] = [compress(c, inConstants), compress(s, moving)]
  const widerBody = derive.stage(body, `while jvp ${maskKey(mask)}`, [...c, ...dc, ...s, ...ds], (args) => {
    const [cs, dcs, ss, dss] = partsOf(args, c.length, dc.length, s.length)
    const all = evalGraph(derived.graph, [...cs, ...ss, ...dcs, ...dss])
    const found = spreadTangents(body.outputs, derived.nonzeroOut, all.slice(s.length))
    return [...all.slice(0, s.length), ...compress(found, moving).map(instantiate)]
  })
  const conditionAvals = condition.inputs.map((v) => v.aval)
  const widerCondition = derive.stage(
    condition,
    `while jvp ${maskKey(moving)}`,
    [...conditionAvals, ...ds],
    (args) => evalGraph(condition, args.slice(0, conditionAvals.length)),
  )
  const [pc, pb, ps] = partsOf(primals, conditionConstants, bodyConstants)
  const [, tb, ts] = partsOf(tangents, conditionConstants, bodyConstants)
  const all = bindWhile(
    [
      ...pc,
      ...pb,
      ...compress(tb, inConstants).map(instantiate),
      ...ps,
      ...compress(ts, moving).map(instantiate),
    ],
    {
      ...p,
      condition: widerCondition,
      body: widerBody,
      bodyConstants: bodyConstants + dc.length,
    },
  )
  return { all, moving }
}

const jvp: WholeJvp<WhileParams> = (primals, tangents, p, derive) => {
  const { all, moving } = jvpLoop(primals, tangents, p, derive)
  const outs = all.slice(0, moving.length)
  return { outs, tangents: spreadTangents(outs, moving, all.slice(moving.length)) }
}

/**
 * The number of runs is not known in advance, so residuals cannot be kept: the linear part repeats the values' loop
 * beside the tangents'. It can be evaluated, not transposed.
 */
const linearize: WholeJvp<WhileParams> = (primals, tangents, p, derive) => {
  const outs = bindWhile(primals, p)
  const { all, moving } = jvpLoop(primals, tangents, p, derive)
  return { outs, tangents: spreadTangents(outs, moving, all.slice(moving.length)) }
}

/** Lanes whose condition is false keep their values while the others go on. */
const batch: BatchRule<WhileParams> = (size, xs, batched, p, derive) => {
  const { condition, body, conditionConstants, bodyConstants } = p
  const [inCondition, inBody, initially] = partsOf(batched, conditionConstants, bodyConstants)
  const asks = (mask: readonly boolean[]) => derive.batch(condition, size, [...inCondition, ...mask])
  const moving = closure(initially, (mask) =>
    asks(mask).batched[0] ? mask.map(() => true) : derive.batch(body, size, [...inBody, ...mask]).batched,
  )
  const asked = asks(moving)
  const lanes = asked.batched[0]
  const derived = derive.batch(body, size, [...inBody, ...moving])
  const [conditionAvals, bodyAvals] = [asked.graph, derived.graph].map((g) => g.inputs.map((v) => v.aval))
  const anyLane = derive.stage(asked.graph, 'while any lane', conditionAvals, (args) => {
    const [goesOn] = evalGraph(asked.graph, args)
    return [lanes ? reduceOr(goesOn, [0]) : goesOn]
  })
  const fixed = conditionAvals.slice(0, conditionConstants)
  const step = derive.stage(
    derived.graph,
    `while lanes ${lanes} ${maskKey(inCondition)} ${maskKey(moving)}`,
    lanes ? [...fixed, ...bodyAvals] : bodyAvals,
    (args) => {
      const own = lanes ? args.slice(fixed.length) : args
      const carried = own.slice(bodyConstants)
      const next = evalGraph(derived.graph, own).map((out, i) =>
        moving[i] ? withBatchAxis(size, out, derived.batched[i]) : out,
      )
      if (!lanes) return next
      const [goesOn] = evalGraph(asked.graph, [...args.slice(0, fixed.length), ...carried])
      return next.map((out, i) => select(broadcastInDim(goesOn, out.shape, [0]), out, carried[i]))
    },
  )
  const [cs, bs, ss] = partsOf(xs, conditionConstants, bodyConstants)
  const outs = bindWhile(
    [
      ...cs,
      ...(lanes ? cs : []),
      ...bs,
      ...ss.map((s, i) => (moving[i] ? withBatchAxis(size, s, initially[i]) : s)),
    ],
    {
      condition: anyLane,
      body: step,
      conditionConstants,
      bodyConstants: bodyConstants + (lanes ? conditionConstants : 0),
    },
  )
  return { outs, batched: moving }
}

/** A loop that runs while a condition on its carried values holds. */
export const whileP = definePrimitive<WhileParams>({
  name: 'while',
  abstractEval: outputAvals,
  jvp: { whole: jvp },
  linearize: { whole: linearize },
  transpose: () => {
    throw new MissingRuleError(
      'grad: a loop of known length is required for reverse mode, got whileLoop, whose number of runs is not known before. Use foriLoop with numbers as bounds, or scan; or forward mode (jvp, jacfwd).',
    )
  },
  batch,
  lower: (_avals, { condition, body, conditionConstants, bodyConstants }) => ({
    kind: 'while',
    condition,
    body,
    conditionConstants,
    bodyConstants,
  }),
})

export const bindWhile = (operands: readonly Tensor[], params: WhileParams): readonly Tensor[] =>
  bind(whileP, operands, params)
