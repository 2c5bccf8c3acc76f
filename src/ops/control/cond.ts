import { bind } from '../../graph/bind.js'
import { evalGraph } from '../../graph/evaluate.js'
import type { Graph } from '../../graph/graph.js'
import {
  type BatchRule,
  type Derive,
  definePrimitive,
  isLinear,
  isZero,
  type Primitive,
  type TransposeRule,
  type WholeJvp,
} from '../../graph/primitive.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { trace } from '../../graph/trace.js'
import { type Aval, aval, compatible, formatAval } from '../../ir/aval.js'
import { weakest } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import { clamp } from '../elementwise/clamp.js'
import { eq } from '../elementwise/comparison.js'
import { select } from '../elementwise/select.js'
import { withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { compress, maskKey, placed } from '../rules/masks.js'
import { instantiate, spreadTangents, zerosLike } from '../rules/rules.js'
import { nonzeroOf } from './graphRules.js'
import { residualValues } from './linearizedAt.js'

/**
 * Operands: int32 index, then the inputs of every branch. An index with axes has one entry a lane: all inputs and
 * outputs begin with those axes, and every branch acts on each lane by itself.
 */
export type CondParams = { readonly branches: readonly Graph[] }

const outputAvals = ([, ...xs]: readonly Aval[], { branches }: CondParams): readonly Aval[] => {
  const outs = branches[0].outputs.map((a) => a.aval)
  branches.forEach((branch, b) => {
    branch.inputs.forEach((v, i) => {
      if (xs[i] === undefined || !compatible(v.aval, xs[i]))
        throw internal(`cond: operand ${i} of branch ${b} is no ${formatAval(v.aval)}`)
    })
    branch.outputs.forEach((a, i) => {
      if (outs[i] === undefined || !compatible(a.aval, outs[i]))
        throw internal(`cond: output ${i} of branch ${b} is ${formatAval(a.aval)}`)
    })
  })
  return outs.map((a, i) => aval(a.shape, a.dtype, weakest(branches.map((branch) => branch.outputs[i].aval))))
}

const union = (masks: readonly (readonly boolean[])[]): readonly boolean[] =>
  masks[0].map((_, i) => masks.some((mask) => mask[i]))

const jvp: WholeJvp<CondParams> = ([index, ...xs], [, ...dxs], { branches }, derive) => {
  const mask = dxs.map((t) => !isZero(t))
  const derived = branches.map((branch) => derive.jvp(branch, mask))
  const nonzero = union(derived.map((d) => d.nonzeroOut))
  const count = nonzero.length
  const graphs = derived.map(({ graph, nonzeroOut }, b) =>
    derive.stage(
      graph,
      `cond jvp ${maskKey(nonzero)}`,
      graph.inputs.map((v) => v.aval),
      (args) => {
        const all = evalGraph(graph, args)
        const found = spreadTangents(branches[b].outputs, nonzeroOut, all.slice(count))
        return [...all.slice(0, count), ...compress(found, nonzero).map(instantiate)]
      },
    ),
  )
  const all = bindCond(index, [...xs, ...nonzeroOf(dxs)], graphs)
  const outs = all.slice(0, count)
  return { outs, tangents: spreadTangents(outs, nonzero, all.slice(count)) }
}

/** Residuals of branches share slots where their types agree: only one branch has any. */
const assignSlots = (ofBranches: readonly (readonly Aval[])[]) => {
  const slots: Aval[] = []
  const assigned = ofBranches.map((avals) => {
    const taken = new Set<number>()
    return avals.map((a) => {
      const free = slots.findIndex((slot, i) => compatible(slot, a) && !taken.has(i))
      const at = free >= 0 ? free : slots.push(a) - 1
      taken.add(at)
      return at
    })
  })
  return { slots, assigned }
}

/** The wanted tangents of a linear branch, zeros where it has none: those that are nonzero in some branch. */
const fullTangents = (
  branch: Graph,
  nonzeroOut: readonly boolean[],
  wanted: readonly boolean[],
  found: readonly Tensor[],
): readonly Tensor[] => compress(spreadTangents(branch.outputs, nonzeroOut, found), wanted).map(instantiate)

/** Each branch is linearized; the linear cond takes the residuals of the branch that was taken. */
const linearize: WholeJvp<CondParams> = (primals, tangents, { branches }, derive) => {
  const [index, ...xs] = primals
  if (index.ndim > 0) return linearizeLanes(primals, tangents, { branches }, derive)
  const dxs = tangents.slice(1)
  const mask = dxs.map((t) => !isZero(t))
  const derived = branches.map((branch) => derive.linearize(branch, mask))
  const nonzero = union(derived.map((d) => d.nonzeroOut))
  const count = nonzero.length
  const { slots, assigned } = assignSlots(
    derived.map(({ forward }) => forward.outputs.slice(count).map((a) => a.aval)),
  )
  const layout = slots.map(formatAval).join(' ')
  const forwards = derived.map(({ forward }, b) =>
    derive.stage(
      forward,
      `cond forward ${layout} ${assigned[b]}`,
      forward.inputs.map((v) => v.aval),
      (args) => {
        const all = evalGraph(forward, args)
        const extras = slots.map((a): Tensor => zerosLike({ aval: a }))
        all.slice(count).forEach((value, k) => {
          extras[assigned[b][k]] = value
        })
        return [...all.slice(0, count), ...extras]
      },
    ),
  )
  const all = bindCond(index, xs, forwards)
  const outs = all.slice(0, count)
  // the position of each residual of a branch among the operands and all outputs
  const sources = derived.map(({ residuals }, b) =>
    residuals.map(({ from, index: i }) =>
      from === 'input' ? i : xs.length + (from === 'output' ? i : count + assigned[b][i]),
    ),
  )
  const used = [...new Set(sources.flat())]
  const kept = used.map((at) => [...xs, ...all][at])
  const linears = derived.map(({ linear, nonzeroOut }, b) =>
    derive.stage(
      linear,
      `cond linear ${layout} ${assigned} ${used} ${b} ${maskKey(mask)} ${maskKey(nonzero)}`,
      [...kept.map((x) => x.aval), ...compress(xs, mask).map((x) => x.aval)],
      (args) => {
        const values = sources[b].map((at) => args[used.indexOf(at)])
        const found = evalGraph(linear, [...values, ...args.slice(kept.length)])
        return fullTangents(branches[b], nonzeroOut, nonzero, found)
      },
    ),
  )
  const moving = nonzero.includes(true) ? bindCond(index, [...kept, ...nonzeroOf(dxs)], linears) : []
  return { outs, tangents: spreadTangents(outs, nonzero, moving) }
}

/**
 * With an index a lane, residuals could not be chosen by lane: they have the lanes on any axis, or none. The linear
 * branches compute them again, which costs nothing: all branches are computed in place, equal equations once.
 */
const linearizeLanes: WholeJvp<CondParams> = ([index, ...xs], [, ...dxs], { branches }, derive) => {
  const mask = dxs.map((t) => !isZero(t))
  const derived = branches.map((branch) => derive.linearize(branch, mask))
  const nonzero = union(derived.map((d) => d.nonzeroOut))
  const linears = derived.map(({ forward, linear, residuals, nonzeroOut }, b) =>
    derive.stage(
      linear,
      `cond lanes ${maskKey(mask)} ${maskKey(nonzero)}`,
      [...xs, ...compress(xs, mask)].map((x) => x.aval),
      (args) => {
        const values = evalGraph(forward, args.slice(0, xs.length))
        const given = residualValues(residuals, args, values, nonzero.length)
        const found = evalGraph(linear, [...given, ...args.slice(xs.length)])
        return fullTangents(branches[b], nonzeroOut, nonzero, found)
      },
    ),
  )
  const outs = bindCond(index, xs, branches)
  const moving = nonzero.includes(true) ? bindCond(index, [...xs, ...nonzeroOf(dxs)], linears) : []
  return { outs, tangents: spreadTangents(outs, nonzero, moving) }
}

/** Only the branch taken is run backwards; under lanes each takes its own cotangents, so that none meets another's NaN. */
const transpose: TransposeRule<CondParams> = (cts, [index, ...operands], { branches }, derive) => {
  const linear = operands.map(isLinear)
  const nonzeroCts = cts.map((t) => !isZero(t))
  const derived = branches.map((branch) => derive.transpose(branch, linear, nonzeroCts))
  const nonzero = union(derived.map((d) => d.nonzeroOut))
  const linearAvals = compress(operands, linear).map((o) => o.aval)
  const graphs = derived.map(({ graph, nonzeroOut }) =>
    derive.stage(
      graph,
      `cond transpose ${maskKey(nonzero)}`,
      graph.inputs.map((v) => v.aval),
      (args) => {
        const found = spreadTangents(
          linearAvals.map((a) => ({ aval: a })),
          nonzeroOut,
          evalGraph(graph, args),
        )
        return compress(found, nonzero).map(instantiate)
      },
    ),
  )
  const values = operands.filter((o): o is Tensor => !isLinear(o))
  const outs = nonzero.includes(true) ? bindCond(index as Tensor, [...values, ...nonzeroOf(cts)], graphs) : []
  const found = spreadTangents(
    linearAvals.map((a) => ({ aval: a })),
    nonzero,
    outs,
  )
  return [null, ...placed(linear, found)]
}

/** One branch for all lanes stays one branch; with an index a lane, every input gets the lanes' axis. */
const batch: BatchRule<CondParams> = (
  size,
  [index, ...xs],
  [indexBatched, ...batched],
  { branches },
  derive,
) => {
  const lanes = indexBatched || index.ndim > 0
  const mask = lanes ? batched.map(() => true) : batched
  const out = lanes
    ? branches[0].outputs.map(() => true)
    : union(branches.map((branch) => derive.batch(branch, size, mask).batched))
  const graphs = branches.map((branch) => batchedBranch(branch, size, mask, out, derive))
  const outs = bindCond(
    lanes ? withBatchAxis(size, index, indexBatched) : index,
    xs.map((x, i) => (mask[i] ? withBatchAxis(size, x, batched[i]) : x)),
    graphs,
  )
  return { outs, batched: out }
}

const batchedBranch = (
  branch: Graph,
  size: number,
  mask: readonly boolean[],
  out: readonly boolean[],
  derive: Derive,
): Graph => {
  const derived = derive.batch(branch, size, mask)
  return derive.stage(
    derived.graph,
    `cond batch ${size} ${maskKey(out)}`,
    derived.graph.inputs.map((v) => v.aval),
    (args) =>
      evalGraph(derived.graph, args).map((o, i) => (out[i] ? withBatchAxis(size, o, derived.batched[i]) : o)),
  )
}

/** Every branch computed for all lanes, and each lane's own chosen. */
const chosenByLane = (index: Aval, branches: readonly Graph[]): Graph =>
  trace('cond', [index, ...branches[0].inputs.map((v) => v.aval)], ([at, ...xs]) => {
    const lane = clamp(splat(0, at.aval), at, splat(branches.length - 1, at.aval))
    const results = branches.map((branch) => evalGraph(branch, xs))
    const axes = at.shape.map((_, i) => i)
    return results.reduce((chosen, outs, b) =>
      outs.map((out, i) => {
        const own = eq(lane, b)
        return select(broadcastInDim(own, out.shape, axes), out, chosen[i])
      }),
    )
  }).graph

/** One of several graphs, chosen by an index that is clamped to their number. */
export const condP: Primitive<CondParams> = definePrimitive<CondParams>({
  name: 'cond',
  abstractEval: outputAvals,
  jvp: { whole: jvp },
  linearize: { whole: linearize },
  transpose,
  batch,
  lower: ([index], { branches }) =>
    index.shape.length === 0
      ? { kind: 'branch', branches }
      : { kind: 'inline', graph: chosenByLane(index, branches) },
})

export const bindCond = (
  index: Tensor,
  operands: readonly Tensor[],
  branches: readonly Graph[],
): readonly Tensor[] => bind(condP, [index, ...operands], { branches })
