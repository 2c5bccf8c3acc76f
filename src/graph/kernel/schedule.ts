import type { Aval, Shape } from '../aval.js'
import { internal } from '../errors.js'
import type { Atom, Eqn, Graph, Var } from '../graph.js'
import {
  acc,
  apply,
  type BufferId,
  compare,
  constant,
  type Expr,
  type Load,
  loopIndex,
  select,
} from './expr.js'
import { isWhole, type Lazy, load, permutation, read, type Stored, shapeOf } from './lazy.js'
import type { Arrangement, Lowering, WindowSide } from './lowering.js'
import type { BufferSpec, HostFunction, Program, Step } from './program.js'
import { dense, moveAxes, padView, readAtPositions, reshapeView, staysInside } from './view.js'

/**
 * Turns a graph into a program: one kernel an equation, movement operations as views, calls inlined.
 * Every output is a buffer of its own.
 */
export const schedule = (graph: Graph): Program => new Scheduler().run(graph)

class Scheduler {
  private readonly buffers: BufferSpec[] = []
  private readonly steps: Step[] = []

  run(graph: Graph): Program {
    const inputs = graph.inputs.map((v) => this.buffer(v.aval))
    const results = this.inline(
      graph,
      graph.inputs.map((v, i) => this.whole(inputs[i], v.aval.shape)),
    )
    const taken = new Set(inputs)
    const outputs = results.map((r) => {
      const stored =
        r.kind === 'view' && isWhole(r, this.buffers[r.buffer]) && !taken.has(r.buffer) ? r : this.copy(r)
      taken.add(stored.buffer)
      return stored.buffer
    })
    return { buffers: this.buffers, inputs, steps: this.steps, outputs }
  }

  private inline(graph: Graph, args: readonly Lazy[]): readonly Lazy[] {
    const values = new Map<Var, Lazy>(graph.inputs.map((v, i) => [v, args[i]]))
    const get = (a: Atom): Lazy => {
      if (a.kind === 'lit')
        return { kind: 'constant', value: a.value, shape: a.aval.shape, dtype: a.aval.dtype }
      const value = values.get(a)
      if (value === undefined) throw internal(`variable ${a.id} is not bound`)
      return value
    }
    for (const eqn of graph.eqns) {
      const outs = this.lower(eqn, eqn.inputs.map(get))
      eqn.outputs.forEach((v, i) => {
        values.set(v, outs[i])
      })
    }
    return graph.outputs.map(get)
  }

  private lower(eqn: Eqn, args: readonly Lazy[]): readonly Lazy[] {
    const outs = eqn.outputs.map((v) => v.aval)
    const name = eqn.primitive.name
    const lowering = eqn.primitive.lower(
      eqn.inputs.map((a) => a.aval),
      eqn.params,
      outs,
    )
    switch (lowering.kind) {
      case 'elementwise':
        return this.kernel(name, outs, lowering.values(args.map(read)))
      case 'move':
        return [this.move(args[0], lowering)]
      case 'reshape':
        return [this.reshape(args[0], lowering.shape)]
      case 'pad':
        return [this.pad(name, args[0], args[1], outs[0], lowering)]
      case 'indexed':
        return this.kernel(name, outs, [
          lowering.value(
            (i, axes, dynamic) => this.readAt(args[i], outs[0].shape, axes, dynamic),
            outs[0].shape,
          ),
        ])
      case 'reduce':
        return this.reduce(name, args[0], outs, lowering)
      case 'contract':
        return this.contract(name, args[0], args[1], outs[0], lowering)
      case 'reduceWindows':
        return this.reduceWindows(name, args, outs[0], lowering)
      case 'contractWindows':
        return this.contractWindows(name, args, outs[0], lowering)
      case 'host':
        return this.host(name, args, outs, lowering.call)
      case 'callback':
        return this.callback(name, args, outs, lowering.call)
      case 'loop':
        return this.loop(name, args, outs, lowering)
      case 'while':
        return this.while(name, args, outs, lowering)
      case 'branch':
        return this.branch(name, args, outs, lowering.branches)
      case 'inline':
        return this.inline(lowering.graph, args)
    }
  }

  private buffer(spec: BufferSpec): BufferId {
    this.buffers.push({ shape: spec.shape, dtype: spec.dtype })
    return this.buffers.length - 1
  }

  private whole(buffer: BufferId, shape: Shape): Stored {
    return { kind: 'view', buffer, view: dense(shape), fill: 0, dtype: this.buffers[buffer].dtype }
  }

  private kernel(name: string, outs: readonly Aval[], values: readonly Expr[]): readonly Stored[] {
    const buffers = outs.map((a) => this.buffer(a))
    const outputs = buffers.map((buffer, i) => ({ buffer, value: values[i] }))
    this.steps.push({ kind: 'kernel', name, space: outs[0].shape, reduction: null, outputs })
    return buffers.map((b, i) => this.whole(b, outs[i].shape))
  }

  private copy(v: Lazy): Stored {
    return this.kernel('copy', [{ shape: shapeOf(v), dtype: v.dtype, weakType: false }], [read(v)])[0]
  }

  /** The value in a dense buffer. */
  private stored(v: Lazy): Stored {
    return v.kind === 'view' && isWhole(v, this.buffers[v.buffer]) ? v : this.copy(v)
  }

  private move(v: Lazy, { shape, axes }: Extract<Lowering, { kind: 'move' }>): Lazy {
    return v.kind === 'constant' ? { ...v, shape } : { ...v, view: moveAxes(v.view, shape, axes) }
  }

  private reshape(v: Lazy, shape: Shape): Lazy {
    if (v.kind === 'constant') return { ...v, shape }
    const view = reshapeView(v.view, shape)
    if (view !== null) return { ...v, view }
    return { ...this.copy(v), view: dense(shape) }
  }

  private pad(
    name: string,
    x: Lazy,
    value: Lazy,
    out: Aval,
    { low, high }: Extract<Lowering, { kind: 'pad' }>,
  ): Lazy {
    const base =
      x.kind === 'view' &&
      (x.view.guards.length === 0 || (value.kind === 'constant' && Object.is(x.fill, value.value)))
        ? x
        : this.copy(x)
    const view = padView(base.view, low, high)
    if (value.kind === 'constant') return { ...base, view, fill: value.value }
    const inside = low.reduce<Expr>(
      (all, l, axis) => {
        const at = loopIndex(axis)
        const from = compare('ge', at, constant(l, 'int32'))
        const to = compare('lt', at, constant(l + base.view.shape[axis], 'int32'))
        return apply('and', [all, apply('and', [from, to])])
      },
      constant(1, 'bool'),
    )
    const around = load(value, moveAxes(value.view, out.shape, []))
    return this.kernel(name, [out], [select(inside, load(base, view), around)])[0]
  }

  private readAt(
    v: Lazy,
    space: Shape,
    axes: Parameters<typeof moveAxes>[2],
    dynamic: readonly { readonly axis: number; readonly index: Expr }[] = [],
  ): Expr {
    if (v.kind === 'constant') return constant(v.value, v.dtype)
    const base = dynamic.length > 0 && v.view.guards.length > 0 ? this.copy(v) : v
    return {
      ...load(base, moveAxes(base.view, space, axes)),
      dynamic: dynamic.map(({ axis, index }) => ({
        index,
        size: base.view.shape[axis],
        stride: base.view.strides[axis],
      })),
    }
  }

  private reduce(
    name: string,
    x: Lazy,
    outs: readonly Aval[],
    l: Extract<Lowering, { kind: 'reduce' }>,
  ): readonly Lazy[] {
    const shape = shapeOf(x)
    const order = [...shape.keys()].filter((i) => !l.axes.includes(i)).concat(l.axes)
    const kept = shape.length - l.axes.length
    const operand = this.move(x, permutation(shape, order))
    const buffers = outs.map((a) => this.buffer(a))
    const reduced = l.init.map(({ dtype }, slot) => acc(slot, dtype))
    const values = l.values(reduced)
    this.steps.push({
      kind: 'kernel',
      name,
      space: order.slice(0, kept).map((i) => shape[i]),
      reduction: {
        extents: l.axes.map((i) => shape[i]),
        init: l.init,
        element: l.element(read(operand), (k) => loopIndex(kept + k)),
        combine: l.combine,
      },
      outputs: buffers.map((buffer, i) => ({ buffer, value: values[i] })),
    })
    return buffers.map((b, i) => this.whole(b, outs[i].shape))
  }

  private contract(
    name: string,
    x: Lazy,
    y: Lazy,
    out: Aval,
    l: Extract<Lowering, { kind: 'contract' }>,
  ): readonly Lazy[] {
    const side = (
      v: Lazy,
      { batch, contract }: { readonly batch: readonly number[]; readonly contract: readonly number[] },
    ) => {
      const stored = v.kind === 'constant' ? this.copy(v) : v
      const shape = stored.view.shape
      const free = [...shape.keys()].filter((i) => !batch.includes(i) && !contract.includes(i))
      const moved = this.move(stored, permutation(shape, [...batch, ...free, ...contract])) as Stored
      return {
        load: load(moved, moved.view),
        free: free.map((i) => shape[i]),
        batch: batch.map((i) => shape[i]),
        k: contract.map((i) => shape[i]),
      }
    }
    const lhs = side(x, l.lhs)
    const rhs = side(y, l.rhs)
    const output = this.buffer(out)
    this.steps.push({
      kind: 'contract',
      name,
      batch: lhs.batch,
      m: lhs.free,
      n: rhs.free,
      k: lhs.k,
      lhs: lhs.load,
      rhs: rhs.load,
      outputs: [{ buffer: output, value: acc(0, out.dtype) }],
    })
    return [this.whole(output, out.shape)]
  }

  /** The value read at positions of a nest; a buffer with another filling of its own is copied first. */
  private readWindows(
    v: Lazy,
    nest: Shape,
    { positions, also }: WindowSide,
    fill: number,
  ): { readonly load: Load; readonly source: Lazy } {
    const keeps = v.kind === 'view' && (v.view.guards.length === 0 || Object.is(v.fill, fill))
    const source = keeps ? v : this.copy(v)
    return { load: { ...load(source, readAtPositions(source.view, nest, positions, also)), fill }, source }
  }

  private reduceWindows(
    name: string,
    args: readonly Lazy[],
    out: Aval,
    l: Extract<Lowering, { kind: 'reduceWindows' }>,
  ): readonly Lazy[] {
    const nest = [...l.space, ...l.extents]
    const sources = [...args]
    const element = l.element((i, positions, fill, also = []) => {
      const source = sources[i]
      if (source.kind === 'constant' && staysInside(source.shape, nest, positions, also))
        return constant(source.value, source.dtype)
      const read = this.readWindows(source, nest, { positions, also }, fill)
      sources[i] = read.source
      return read.load
    })
    const buffer = this.buffer({ shape: l.space, dtype: out.dtype })
    const [value] = l.values(l.init.map(({ dtype }, slot) => acc(slot, dtype)))
    this.steps.push({
      kind: 'kernel',
      name,
      space: l.space,
      reduction: { extents: l.extents, init: l.init, element, combine: l.combine },
      outputs: [{ buffer, value }],
    })
    return [this.arrange(this.whole(buffer, l.space), out.shape, l.result)]
  }

  private contractWindows(
    name: string,
    args: readonly Lazy[],
    out: Aval,
    { operands: [x, y], batch, m, n, k, lhs, rhs, result }: Extract<Lowering, { kind: 'contractWindows' }>,
  ): readonly Lazy[] {
    const left = this.readWindows(args[x], [...batch, ...m, ...k], lhs, 0).load
    const right = this.readWindows(args[y], [...batch, ...n, ...k], rhs, 0).load
    const space = [...batch, ...m, ...n]
    const output = this.buffer({ shape: space, dtype: out.dtype })
    const outputs = [{ buffer: output, value: acc(0, out.dtype) }]
    this.steps.push({ kind: 'contract', name, batch, m, n, k, lhs: left, rhs: right, outputs })
    return [this.arrange(this.whole(output, space), out.shape, result)]
  }

  private arrange(v: Stored, out: Shape, { order, shape, start }: Arrangement): Lazy {
    const whole = this.reshape(this.move(v, permutation(v.view.shape, order)), shape)
    return this.move(whole, {
      kind: 'move',
      shape: out,
      axes: start.map((offset, axis) => ({ axis, offset, step: 1 })),
    })
  }

  private host(
    name: string,
    args: readonly Lazy[],
    outs: readonly Aval[],
    call: Extract<Lowering, { kind: 'host' }>['call'],
  ): readonly Lazy[] {
    const inputs = this.storedAll(args)
    const outputs = outs.map((a) => this.buffer(a))
    this.steps.push({ kind: 'host', name, call, inputs, outputs })
    return this.wholes(outputs, outs)
  }

  private callback(
    name: string,
    args: readonly Lazy[],
    outs: readonly Aval[],
    call: HostFunction,
  ): readonly Lazy[] {
    const inputs = this.storedAll(args)
    const outputs = outs.map((a) => this.buffer(a))
    this.steps.push({ kind: 'callback', name, call, inputs, outputs })
    return this.wholes(outputs, outs)
  }

  private storedAll(args: readonly Lazy[]): readonly BufferId[] {
    return args.map((a) => this.stored(a).buffer)
  }

  private wholes(buffers: readonly BufferId[], avals: readonly Aval[]): readonly Stored[] {
    return buffers.map((b, i) => this.whole(b, avals[i].shape))
  }

  private loop(
    name: string,
    args: readonly Lazy[],
    outs: readonly Aval[],
    { body, constants, carried, length, reverse }: Extract<Lowering, { kind: 'loop' }>,
  ): readonly Lazy[] {
    const inputs = this.storedAll(args)
    const outputs = outs.map((a) => this.buffer(a))
    this.steps.push({
      kind: 'loop',
      name,
      length,
      reverse,
      body: schedule(body),
      constants: inputs.slice(0, constants),
      initial: inputs.slice(constants, constants + carried),
      stackedInputs: inputs.slice(constants + carried),
      carried: outputs.slice(0, carried),
      stackedOutputs: outputs.slice(carried),
    })
    return this.wholes(outputs, outs)
  }

  private while(
    name: string,
    args: readonly Lazy[],
    outs: readonly Aval[],
    { condition, body, conditionConstants, bodyConstants }: Extract<Lowering, { kind: 'while' }>,
  ): readonly Lazy[] {
    const inputs = this.storedAll(args)
    const carried = outs.map((a) => this.buffer(a))
    this.steps.push({
      kind: 'while',
      name,
      condition: schedule(condition),
      conditionConstants: inputs.slice(0, conditionConstants),
      body: schedule(body),
      bodyConstants: inputs.slice(conditionConstants, conditionConstants + bodyConstants),
      initial: inputs.slice(conditionConstants + bodyConstants),
      carried,
    })
    return this.wholes(carried, outs)
  }

  private branch(
    name: string,
    args: readonly Lazy[],
    outs: readonly Aval[],
    branches: readonly Graph[],
  ): readonly Lazy[] {
    const [index, ...inputs] = this.storedAll(args)
    const outputs = outs.map((a) => this.buffer(a))
    this.steps.push({ kind: 'branch', name, index, branches: branches.map(schedule), inputs, outputs })
    return this.wholes(outputs, outs)
  }
}
