import type { Atom, Eqn, Graph, Var } from '../../graph/graph.js'
import type { Lowering } from '../../graph/lowering.js'
import type { Aval } from '../../ir/aval.js'
import type { Costs } from '../../ir/costs.js'
import { internal } from '../../ir/errors.js'
import { acc, loopIndex } from '../../ir/expr.js'
import { fromMemory, nameOf } from '../../ir/lineage.js'
import type { Program } from '../../ir/program.js'
import { fuse } from '../fusion/fuse.js'
import { Draft } from './draft.js'
import { type Lazy, load, madeOf, permutation, read, type Stored, shapeOf } from './lazy.js'
import { move, padded, readAt, reshaped } from './movement.js'
import { branch, callback, host, loop, whileLoop } from './opaque.js'
import { contractWindows, reduceWindows } from './windows.js'

/**
 * Turns a graph into a program: elementwise operations join the kernels that need their results, movement operations
 * become views, calls are inlined. Every output is a buffer of its own.
 */
export const schedule = (graph: Graph, costs: Costs): Program => {
  const draft = new Draft(costs)
  const inputs = graph.inputs.map((v) => draft.buffer(v.aval))
  const results = inlined(
    draft,
    graph,
    graph.inputs.map((v, i) => draft.whole(inputs[i], v.aval.shape)),
  )
  const taken = new Set(inputs)
  const outputs = results.map((r) => {
    const why = 'a result of the program'
    const stored = draft.whollyStored(r, why)
    const own = taken.has(stored.buffer) ? draft.written(r, why) : stored
    taken.add(own.buffer)
    return own.buffer
  })
  return fuse({ buffers: draft.buffers, inputs, steps: draft.steps, outputs }, costs)
}

/** How often each variable is read, as a result too. */
const useCounts = (graph: Graph): ReadonlyMap<Atom, number> => {
  const uses = new Map<Atom, number>()
  for (const atoms of [...graph.eqns.map((e) => new Set(e.inputs)), graph.outputs])
    for (const a of atoms) uses.set(a, (uses.get(a) ?? 0) + 1)
  return uses
}

/** The atoms that some equation reads from memory, wherever else they are used. */
const readFromMemory = (graph: Graph, lowerings: readonly Lowering[]): ReadonlySet<Atom> =>
  new Set(
    graph.eqns.flatMap(({ inputs }, i) => {
      const lowering = lowerings[i]
      switch (lowering.kind) {
        case 'contract':
        case 'reduceWindows':
        case 'host':
        case 'callback':
          return inputs
        case 'contractWindows':
          return lowering.operands.map((at) => inputs[at])
        default:
          return []
      }
    }),
  )

const loweringOf = ({ primitive, inputs, params, outputs }: Eqn): Lowering =>
  primitive.lower(
    inputs.map((a) => a.aval),
    params,
    outputs.map((v) => v.aval),
  )

const inlined = (draft: Draft, graph: Graph, args: readonly Lazy[]): readonly Lazy[] => {
  const uses = useCounts(graph)
  const lowerings = graph.eqns.map(loweringOf)
  const stored = readFromMemory(graph, lowerings)
  const settled = (v: Var, value: Lazy): Lazy => draft.settled(value, uses.get(v) ?? 0, 1, stored.has(v))
  const values = new Map<Var, Lazy>(graph.inputs.map((v, i) => [v, settled(v, args[i])]))
  const get = (a: Atom): Lazy => {
    if (a.kind === 'lit')
      return {
        kind: 'constant',
        value: a.value,
        shape: a.aval.shape,
        dtype: a.aval.dtype,
        lineage: fromMemory,
      }
    const value = values.get(a)
    if (value === undefined) throw internal(`variable ${a.id} is not bound`)
    return draft.known(value)
  }
  graph.eqns.forEach((eqn, at) => {
    const outs = lowered(draft, eqn, lowerings[at], eqn.inputs.map(get))
    eqn.outputs.forEach((v, i) => {
      values.set(v, settled(v, outs[i]))
    })
  })
  return graph.outputs.map(get)
}

const lowered = (draft: Draft, eqn: Eqn, lowering: Lowering, args: readonly Lazy[]): readonly Lazy[] => {
  const outs = eqn.outputs.map((v) => v.aval)
  const name = eqn.primitive.name
  const inner = (graph: Graph) => schedule(graph, draft.costs)
  /** A view or a value that is still to be computed, with this equation added to its lineage. */
  const moved = (v: Lazy): readonly Lazy[] => [{ ...v, lineage: madeOf([v], eqn) }]
  switch (lowering.kind) {
    case 'elementwise':
      return elementwise(draft, eqn, args, outs, lowering)
    case 'move':
      return moved(move(draft, args[0], lowering))
    case 'reshape':
      return moved(reshaped(draft, args[0], lowering.shape))
    case 'pad':
      return [padded(draft, eqn, args, outs[0], lowering)]
    case 'indexed': {
      const { shape, dtype } = outs[0]
      const value = lowering.value((i, axes, dynamic) => readAt(draft, args[i], shape, axes, dynamic), shape)
      return [{ kind: 'computed', value, shape, dtype, lineage: madeOf(args, eqn) }]
    }
    case 'reduce':
      return reduce(draft, eqn, args[0], outs, lowering)
    case 'contract':
      return [contract(draft, eqn, args[0], args[1], outs[0], lowering)]
    case 'reduceWindows':
      return [reduceWindows(draft, eqn, args, outs[0], lowering)]
    case 'contractWindows':
      return [contractWindows(draft, eqn, args, outs[0], lowering)]
    case 'host':
      return host(lowering.call)(draft, name, args, outs)
    case 'callback':
      return callback(lowering.call)(draft, name, args, outs)
    case 'loop':
      return loop(lowering, inner)(draft, name, args, outs)
    case 'while':
      return whileLoop(lowering, inner)(draft, name, args, outs)
    case 'branch':
      return branch(lowering.branches, inner)(draft, name, args, outs)
    case 'inline':
      return inlined(draft, lowering.graph, args)
  }
}

/** An expression, computed where it is needed; an equation with several results is a kernel at once. */
const elementwise = (
  draft: Draft,
  eqn: Eqn,
  args: readonly Lazy[],
  outs: readonly Aval[],
  lowering: Extract<Lowering, { kind: 'elementwise' }>,
): readonly Lazy[] => {
  const values = lowering.values(args.map(read))
  const lineage = madeOf(args, eqn)
  if (outs.length > 1) return draft.kernel(lineage, outs, values, `${eqn.primitive.name} has several results`)
  const [{ shape, dtype }] = outs
  return [{ kind: 'computed', value: values[0], shape, dtype, lineage }]
}

const reduce = (
  draft: Draft,
  eqn: Eqn,
  x: Lazy,
  outs: readonly Aval[],
  l: Extract<Lowering, { kind: 'reduce' }>,
): readonly Lazy[] => {
  const shape = shapeOf(x)
  const order = [...shape.keys()].filter((i) => !l.axes.includes(i)).concat(l.axes)
  const kept = shape.length - l.axes.length
  const operand = move(draft, x, permutation(shape, order))
  const buffers = outs.map((a) => draft.buffer(a))
  const values = l.values(l.init.map(({ dtype }, slot) => acc(slot, dtype)))
  const lineage = madeOf([operand], eqn)
  draft.steps.push({
    kind: 'kernel',
    name: nameOf(lineage),
    lineage,
    space: order.slice(0, kept).map((i) => shape[i]),
    reduction: {
      extents: l.axes.map((i) => shape[i]),
      init: l.init,
      element: l.element(read(operand), (k) => loopIndex(kept + k)),
      combine: l.combine,
    },
    outputs: buffers.map((buffer, i) => ({ buffer, value: values[i], why: 'a reduction ends here' })),
  })
  return draft.wholes(buffers, outs)
}

const contract = (
  draft: Draft,
  eqn: Eqn,
  x: Lazy,
  y: Lazy,
  out: Aval,
  l: Extract<Lowering, { kind: 'contract' }>,
): Lazy => {
  const side = (v: Lazy, { batch, contract }: Extract<Lowering, { kind: 'contract' }>['lhs']) => {
    const stored = draft.inMemory(v, 'contractions read their operands from memory')
    const shape = stored.view.shape
    const free = [...shape.keys()].filter((i) => !batch.includes(i) && !contract.includes(i))
    const moved = move(draft, stored, permutation(shape, [...batch, ...free, ...contract])) as Stored
    return {
      lineage: stored.lineage,
      load: load(moved, moved.view),
      free: free.map((i) => shape[i]),
      batch: batch.map((i) => shape[i]),
      k: contract.map((i) => shape[i]),
    }
  }
  const lhs = side(x, l.lhs)
  const rhs = side(y, l.rhs)
  const buffer = draft.buffer(out)
  const lineage = madeOf([lhs, rhs], eqn)
  draft.steps.push({
    kind: 'contract',
    name: nameOf(lineage),
    lineage,
    batch: lhs.batch,
    m: lhs.free,
    n: rhs.free,
    k: lhs.k,
    lhs: lhs.load,
    rhs: rhs.load,
    outputs: [{ buffer, value: acc(0, out.dtype), why: 'a contraction ends here' }],
  })
  return draft.whole(buffer, out.shape)
}
