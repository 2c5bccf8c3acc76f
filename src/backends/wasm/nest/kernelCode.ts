import type { BufferId, Expr } from '../../../ir/expr.js'
import { kernelNodes } from '../../../ir/nests.js'
import { operandsFirst } from '../../../ir/nodes.js'
import type { Kernel, Reduction } from '../../../ir/program.js'
import type { FunctionBody } from '../assembler/functionBody.js'
import { i32, select } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import { LaneCode, type Lanes } from '../vector/lanes.js'
import { isCalled, type ScalarCalls } from '../vector/scalarCalls.js'
import { Accumulators } from './accumulators.js'
import { pointsPerRegister, storeLane, storeRegister } from './elementAccess.js'
import { Evaluator, type Slots } from './evaluator.js'
import { type Frame, frameOf, type Moving, type MovingGuard } from './frame.js'
import { type LoopOrder, type LoopSpec, loopOrder, sumsInBlocks } from './loopOrder.js'
import { whereOrdinary } from './ordinary.js'
import { enter, type Scope, within } from './scope.js'
import { type Stage, stagesOf } from './stages.js'

/** Points of a single loop that are one unit of work. */
const grain = 1024

/** A kernel as code: a part of it, by units of its outermost loop, is independent of the others. */
export type KernelPlan = {
  readonly kernel: Kernel
  readonly frame: Frame
  readonly order: LoopOrder
  /** Whether it calls functions of the host, which only the calling thread has. */
  readonly callsHost: boolean
  readonly units: number
  /** Places of the outermost loop that are a unit. */
  readonly unitSize: number
}

export const planKernel = (kernel: Kernel): KernelPlan => {
  const frame = frameOf(kernel)
  const order = loopOrder(kernel, frame)
  const callsHost = kernelNodes(kernel).some((e) => e.op === 'apply' && isCalled(e))
  const outermost = outermostLoop({ frame, order })
  if (outermost === null) return { kernel, frame, order, callsHost, units: 1, unitSize: 1 }
  const { axis, step } = outermost
  const unitSize = step > 1 ? step : axis === order.vectorAxis ? grain : 1
  const units = Math.ceil(frame.axes[axis].extent / unitSize)
  return { kernel, frame, order, callsHost, units, unitSize }
}

/** The outermost loop, unless it is over a reduced axis. */
const outermostLoop = ({ frame, order: { loops } }: Pick<KernelPlan, 'frame' | 'order'>): LoopSpec | null =>
  loops.length === 0 || frame.axes[loops[0].axis].isReduced ? null : loops[0]

/** A kernel in `units` units: unit i is part i of its points in row-major order; `null` where it has other loops. */
export const dividedInto = (plan: KernelPlan, units: number): KernelPlan | null => {
  const outermost = outermostLoop(plan)
  if (outermost === null || outermost.axis !== 0) return null
  const unitSize = plan.frame.axes[0].extent / units
  return unitSize % outermost.step === 0 ? { ...plan, units, unitSize } : null
}

/** Whether each of a kernel's equal units reads its own part alone of a buffer of `bytes` bytes. */
export const readsOwnParts = (
  { frame, units, unitSize }: KernelPlan,
  buffer: BufferId,
  bytes: number,
): boolean =>
  [...frame.loads].every(([load, { address }]) => {
    if (load.buffer !== buffer) return true
    const reaches = address.coefs.map(
      (c, axis) => c * ((axis === 0 ? unitSize : frame.axes[axis].extent) - 1),
    )
    const least = reaches.reduce((sum, r) => sum + Math.min(r, 0), address.start)
    const most = reaches.reduce((sum, r) => sum + Math.max(r, 0), address.start)
    const isInStep = address.coefs[0] * unitSize * units === bytes
    return load.dynamic.length === 0 && isInStep && least >= 0 && most < bytes / units
  })

/** Writes a kernel's units `from … to − 1`; `base` gives a buffer's address. */
export const writeKernel = (
  body: FunctionBody,
  plan: KernelPlan,
  calls: ScalarCalls,
  base: (buffer: BufferId) => Value<'i32'>,
  from: Value<'i32'>,
  to: Value<'i32'>,
): void => new KernelCode(body, plan, calls).write(base, { from, to })

/** The expressions evaluated at each point; none where there is nothing to reduce. */
const rootsOf = ({ reduction, outputs }: Kernel): readonly Expr[] => {
  if (reduction === null) return outputs.map((o) => o.value)
  return reduction.extents.includes(0) ? [] : reduction.element
}

/** Units of the outermost loop. */
type Part = { readonly from: Value<'i32'>; readonly to: Value<'i32'> }

/** The block of an axis that a loop is at; how many places it has. */
type Block = { readonly count: Value<'i32'>; readonly known: number | null }

/** By axis. */
type Blocks = ReadonlyMap<number, Block>

/** The bounds of a loop (`from` is `null` for 0), and how many times it runs, where that is known. */
type Bounds = { readonly from: Value<'i32'> | null; readonly to: Value<'i32'>; readonly count: number | null }

type Inner = (scope: Scope, block: Block | null) => void

class KernelCode {
  readonly #code: LaneCode
  readonly #evaluator: Evaluator
  /** The passes over the reduced elements. */
  readonly #stages: readonly Stage[]
  /** The expressions that the innermost loops evaluate, and all their nodes, operands first. */
  #roots: readonly Expr[]
  #nodes: readonly Expr[]
  /** The innermost loop that moves a node. */
  #levels: ReadonlyMap<Expr, number>
  readonly #firstReduced: number
  #accumulators: Accumulators | null = null

  readonly #body: FunctionBody
  readonly #plan: KernelPlan

  constructor(body: FunctionBody, plan: KernelPlan, calls: ScalarCalls) {
    this.#body = body
    this.#plan = plan

    const { kernel, frame, order } = plan
    this.#code = new LaneCode(body)
    this.#evaluator = new Evaluator(this.#code, calls, frame, order.vectorAxis)
    this.#stages = kernel.reduction === null ? [] : stagesOf(kernel.reduction)
    this.#roots = rootsOf(kernel)
    this.#nodes = operandsFirst(this.#roots)
    this.#levels = this.#levelsOf(this.#nodes)
    const reduced = order.loops.findIndex((l) => frame.axes[l.axis].isReduced)
    this.#firstReduced = reduced < 0 ? order.loops.length : reduced
  }

  #levelsOf(nodes: readonly Expr[]): ReadonlyMap<Expr, number> {
    const { loops } = this.#plan.order
    const moves = this.#evaluator.dependence(nodes)
    const levelOf = (bits: number): number =>
      loops.reduce((last, l, at) => ((bits >> l.axis) & 1 ? at : last), -1)
    return new Map(nodes.map((e) => [e, levelOf(moves.get(e) ?? 0)]))
  }

  get #isAlong(): boolean {
    const { order, frame } = this.#plan
    return order.vectorAxis >= 0 && frame.axes[order.vectorAxis].isReduced
  }

  write(base: (buffer: BufferId) => Value<'i32'>, part: Part): void {
    const { kernel, frame } = this.#plan
    const movings = new Map<Moving, Value<'i32'>>()
    const bases = new Map<BufferId, Value<'i32'>>()
    const address = (buffer: BufferId, start: number): Value<'i32'> => {
      const known = bases.get(buffer) ?? this.#body.let(base(buffer))
      bases.set(buffer, known)
      return start === 0 ? known : this.#body.let(i32.add(known, i32.const(start)))
    }
    for (const [load, { address: moving, guards }] of frame.loads) {
      movings.set(moving, address(load.buffer, moving.start))
      for (const { coordinate } of guards) movings.set(coordinate, i32.const(coordinate.start))
    }
    for (const axis of this.#usedIndices()) movings.set(frame.indices[axis], i32.const(0))
    kernel.outputs.forEach((o, k) => {
      movings.set(frame.outputs[k], address(o.buffer, 0))
    })
    const scope: Scope = { movings, values: new Map(), terms: new Map(), width: 0, isInside: false }
    this.#hoist(scope, -1)
    this.#loops(0, scope, part, new Map())
  }

  #usedIndices(): ReadonlySet<number> {
    const { outputs, reduction } = this.#plan.kernel
    const all = operandsFirst([...(reduction?.element ?? []), ...outputs.map((o) => o.value)])
    return new Set(all.flatMap((e) => (e.op === 'index' ? [e.axis] : [])))
  }

  /** Evaluates the nodes that move with a loop, and with none within it. */
  #hoist(scope: Scope, level: number): void {
    this.#evaluator.values(
      scope,
      this.#nodes.filter((e) => this.#levels.get(e) === level),
    )
    this.#evaluator.terms(scope, this.#nodes)
  }

  #loops(level: number, scope: Scope, part: Part | null, blocks: Blocks): void {
    const { reduction } = this.#plan.kernel
    if (level === this.#firstReduced && reduction !== null) this.#reduce(reduction, level, scope, part)
    else this.#loop(level, scope, part, blocks)
  }

  /** Pass by pass; each may read the results of those before. */
  #reduce(reduction: Reduction, level: number, scope: Scope, part: Part | null): void {
    const { kernel, order, frame } = this.#plan
    const isShort = this.#isAlong && frame.axes[order.vectorAxis].extent < 4
    const width = isShort ? 0 : this.#isAlong ? order.width : scope.width
    const inBlocks = sumsInBlocks(kernel)
    const acc: Lanes[] = []
    const isEmpty = reduction.extents.includes(0)
    const around = [this.#roots, this.#nodes, this.#levels] as const
    for (const stage of this.#stages) {
      const own = within(scope, {})
      if (!isEmpty) this.#enterStage(stage, own, { acc, elem: [] })
      const running = new Accumulators(
        this.#code,
        this.#evaluator,
        stage.reduction,
        width,
        this.#isAlong,
        inBlocks,
      )
      this.#accumulators = running
      if (!isEmpty) this.#loop(level, own, part, new Map())
      this.#accumulators = null
      running.finish().forEach((lanes, i) => {
        acc[stage.slots[i]] = lanes
      })
    }
    // the loops around are written more than once
    ;[this.#roots, this.#nodes, this.#levels] = around
    const roots = kernel.outputs.map((o) => o.value)
    this.#store(scope, this.#evaluator.values(within(scope, {}), roots, { acc, elem: [] }))
  }

  /** Gives the loops a pass's elements to evaluate, and evaluates those of their nodes that only move with loops around it. */
  #enterStage({ reduction }: Stage, scope: Scope, slots: Slots): void {
    this.#roots = reduction.element
    this.#nodes = operandsFirst(this.#roots)
    this.#levels = this.#levelsOf(this.#nodes)
    const before = this.#nodes.filter((e) => (this.#levels.get(e) ?? -1) < this.#firstReduced)
    this.#evaluator.values(scope, before, slots)
    this.#evaluator.terms(scope, before)
  }

  #loop(level: number, scope: Scope, part: Part | null, blocks: Blocks): void {
    const { loops, vectorAxis } = this.#plan.order
    if (level === loops.length) {
      this.#innermost(scope)
      return
    }
    const loop = loops[level]
    const bounds = this.#bounds(loop, part, blocks)
    const inner = (s: Scope, own: Block | null): void => {
      // the innermost loop evaluates all that is left
      if (level < loops.length - 1) this.#hoist(s, level)
      this.#loops(level + 1, s, null, own === null ? blocks : new Map([...blocks, [loop.axis, own]]))
    }
    if (loop.axis === vectorAxis && loop.step === 1) this.#vectorLoop(loop, bounds, scope, inner)
    else this.#plainLoop(loop, bounds, scope, inner)
    if (level === loops.length - 1) this.#accumulators?.flush()
  }

  /** The bounds of a loop; those of the outermost one follow from the units that are asked for. */
  #bounds(loop: LoopSpec, part: Part | null, blocks: Blocks): Bounds {
    const { frame, units, unitSize } = this.#plan
    const { extent, isReduced } = frame.axes[loop.axis]
    const block = loop.isWithinBlock ? blocks.get(loop.axis) : undefined
    if (block !== undefined) return { from: null, to: block.count, count: block.known }
    // a kernel of one unit runs as a whole
    if (part === null || isReduced || units === 1) return { from: null, to: i32.const(extent), count: extent }
    const size = i32.const(unitSize)
    const end = this.#body.let(i32.mul(part.to, size))
    return {
      from: this.#body.let(i32.mul(part.from, size)),
      to: this.#body.let(select(i32.ltU(end, i32.const(extent)), end, i32.const(extent))),
      count: null,
    }
  }

  /** The block of `step` places that begins at i. */
  #block(i: Value<'i32'>, to: Value<'i32'>, step: number, extent: number): Block {
    if (extent % step === 0) return { count: i32.const(step), known: step }
    const left = this.#body.let(i32.sub(to, i))
    const count = this.#body.let(select(i32.ltU(left, i32.const(step)), left, i32.const(step)))
    return { count, known: null }
  }

  #plainLoop({ axis, step }: LoopSpec, { from, to }: Bounds, scope: Scope, inner: Inner): void {
    const body = this.#body
    const run = (): void => {
      const { movings, advance } = enter(body, scope, axis, from)
      const i = body.variable(from ?? i32.const(0))
      body.loop((again) => {
        const block = step > 1 ? this.#block(i, to, step, this.#plan.frame.axes[axis].extent) : null
        inner(within(scope, { movings }), block)
        advance(step)
        body.set(i, i32.add(i, i32.const(step)))
        body.branch(again, i32.ltU(i, to))
      })
    }
    if (from === null) run()
    else body.if(i32.ltU(from, to), run)
  }

  /** Points several registers at a time, then one register, then one by one. */
  #vectorLoop({ axis }: LoopSpec, { from, to, count }: Bounds, scope: Scope, inner: Inner): void {
    const body = this.#body
    const { width } = this.#plan.order
    const { movings, advance } = enter(body, scope, axis, from)
    const i = body.variable(from ?? i32.const(0))
    const guards = this.#guardsWithin(axis)
    const at = (points: number, w: number): void => {
      const scopeAt = (isInside: boolean): Scope => within(scope, { movings, width: w, isInside })
      if (w === 0 || guards.length === 0) inner(scopeAt(false), null)
      else
        body.if(
          this.#allInside(guards, movings, axis, points),
          () => inner(scopeAt(true), null),
          () => inner(scopeAt(false), null),
        )
    }
    const run = (points: number, w: number, isCertain: boolean): void =>
      body.block((exit) => {
        const last = body.let(i32.sub(to, i32.const(points)))
        if (!isCertain) body.branch(exit, i32.gtS(i, last))
        body.loop((again) => {
          at(points, w)
          advance(points)
          body.set(i, i32.add(i, i32.const(points)))
          body.branch(again, i32.leS(i, last))
        })
      })
    let left = count ?? Number.POSITIVE_INFINITY
    for (const w of width > 1 ? [width, 1] : [1]) {
      const points = 4 * w
      if (left < points) continue
      run(points, w, count !== null)
      if (count !== null) left %= points
    }
    if (left > 0) run(1, 0, count !== null)
  }

  /** All guards, where none of them moves within the loop over an axis; then they are looked at once for all points of it. */
  #guardsWithin(axis: number): readonly MovingGuard[] {
    const { frame, order } = this.#plan
    const guards = [...frame.loads.values()].flatMap((l) => l.guards)
    const inner = order.loops.slice(order.loops.reduce((last, l, i) => (l.axis === axis ? i : last), -1) + 1)
    return guards.some((g) => inner.some((l) => g.coordinate.coefs[l.axis] !== 0)) ? [] : guards
  }

  /** Whether guards hold at the first and the last of some points along an axis, and so between. */
  #allInside(
    guards: readonly MovingGuard[],
    movings: ReadonlyMap<Moving, Value<'i32'>>,
    axis: number,
    points: number,
  ): Value<'i32'> {
    return guards
      .flatMap(({ coordinate, size }) => {
        const first = movings.get(coordinate) as Value<'i32'>
        const step = coordinate.coefs[axis] * (points - 1)
        const ends = step === 0 ? [first] : [first, i32.add(first, i32.const(step))]
        return ends.map((end) => i32.ltU(end, i32.const(size)))
      })
      .reduce(i32.and)
  }

  #innermost(scope: Scope): void {
    const { kernel } = this.#plan
    whereOrdinary(this.#evaluator, scope, this.#nodes, (own) => {
      const values = this.#evaluator.values(own, this.#roots)
      if (kernel.reduction === null) this.#store(own, values)
      else this.#accumulators?.join(values, own.width)
    })
  }

  /** Stores the outputs at the points of a scope; their values have been computed by now. */
  #store(scope: Scope, values: readonly Lanes[]): void {
    const { kernel, frame, order } = this.#plan
    kernel.outputs.forEach(({ value: { dtype } }, k) => {
      const { isUniform, registers } = values[k]
      const address = scope.movings.get(frame.outputs[k]) as Value<'i32'>
      const per = pointsPerRegister(dtype)
      if (scope.width === 0) {
        this.#body.do(storeLane(dtype, address, registers[0], 0, 0))
        return
      }
      const step = frame.outputs[k].coefs[order.vectorAxis]
      const isContiguous = step === (dtype === 'float64' ? 8 : dtype === 'bool' ? 1 : 4)
      for (let q = 0; q < (scope.width * 4) / per; q++) {
        const v = registers[isUniform ? 0 : q]
        if (isContiguous) this.#body.do(storeRegister(dtype, address, v, q * per * step))
        else
          for (let lane = 0; lane < per; lane++)
            this.#body.do(storeLane(dtype, address, v, lane, (q * per + lane) * step))
      }
    })
  }
}
