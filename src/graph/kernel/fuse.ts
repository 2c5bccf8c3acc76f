import { sameShape, sizeOf } from '../aval.js'
import type { Costs } from './costs.js'
import { nameOf } from './draft.js'
import { acc, type BufferId, type Expr, elem } from './expr.js'
import { Interner } from './intern.js'
import { type Joined, joined, loadsOf, type Nest, rootsOf, withinLimits } from './join.js'
import { bytesOf, reads, writes } from './memory.js'
import { reducedTogether } from './onlineReductions.js'
import { type Kernel, type Program, type Reduction, type Step, subPrograms } from './program.js'
import { rebuilder } from './rebuild.js'

/** Joins the kernels of a program with those whose results they read, and kernels that read the same. */
export const fuse = (program: Program, costs: Costs): Program => new Fusion(program, costs).run()

/** For two steps of a program, by their places, why the later one is not a part of the earlier one's kernel. */
export const whyApart = (program: Program, costs: Costs): ((first: number, second: number) => string) => {
  const fusion = new Fusion(program, costs)
  return (first, second) => fusion.whyApart(first, second)
}

const isNest = (step: Step): step is Nest => step.kind === 'kernel' || step.kind === 'contract'

/** Whether a step does something besides computing, so that it keeps its place among others that do. */
const acts = (step: Step): boolean =>
  step.kind === 'callback' || subPrograms(step).some((p) => p.steps.some(acts))

/** Results of so many bytes are small. */
const cacheLine = 64

class Fusion {
  private readonly interner = new Interner()
  private readonly steps: Step[]
  private readonly writers = new Map<BufferId, Step>()
  private readonly readers = new Map<BufferId, Set<Step>>()
  private readonly results: ReadonlySet<BufferId>

  constructor(
    private readonly program: Program,
    private readonly costs: Costs,
  ) {
    this.results = new Set(program.outputs)
    this.steps = program.steps.map((step) => (isNest(step) ? this.interned(step) : step))
    for (const step of this.steps) this.enter(step)
  }

  run(): Program {
    let before: number
    do {
      before = this.steps.length
      for (let at = 0; at < this.steps.length; at++) at = this.joinInto(at)
      for (let at = 0; at < this.steps.length; at++) at = this.joinSiblings(at)
    } while (this.steps.length < before)
    return { ...this.program, steps: this.steps }
  }

  /** Joins the step at a place with those that it reads from, as often as it can; gives the place of the result. */
  private joinInto(start: number): number {
    let at = start
    for (;;) {
      const consumer = this.steps[at]
      if (consumer.kind !== 'kernel') return at
      const producers = new Set(reads(consumer).flatMap((b) => this.writers.get(b) ?? []))
      const next = [...producers].reverse().find((p) => isNest(p) && this.merge(p, consumer))
      if (next === undefined) return at
      at = this.place
    }
  }

  /** Joins the kernel at a place with an earlier one that reads what it reads, and whose results it does not read. */
  private joinSiblings(at: number): number {
    const second = this.steps[at]
    if (second.kind !== 'kernel') return at
    const candidates = new Set(reads(second).flatMap((b) => [...(this.readers.get(b) ?? [])]))
    for (const first of candidates) {
      if (first === second || first.kind !== 'kernel' || this.steps.indexOf(first) > at) continue
      if (writes(first).some((b) => this.readers.get(b)?.has(second))) continue
      if (!haveOneShape(first, second)) continue
      const isSmall = first.reduction === null && 4 * sizeOf(first.space) <= this.costs.dispatchBytes
      if (!isSmall && !readAlike(first, second)) continue
      if (this.replace(first, second, this.limited(sideBySide(first, second)))) return this.place
    }
    return at
  }

  /** Where the last merged step is. */
  private place = 0

  whyApart(first: number, second: number): string {
    const [producer, consumer] = [this.steps[first], this.steps[second]]
    if (!isNest(producer)) return `${producer.name} is not a loop nest`
    if (consumer.kind !== 'kernel') return `${consumer.name} reads it from memory`
    const result = this.attempt(producer, consumer)
    return result._tag === 'apart' ? result.why : 'as one, they would keep other results in memory for longer'
  }

  private attempt(producer: Nest, consumer: Kernel): Joined {
    const isNeeded = (b: BufferId): boolean =>
      this.results.has(b) || [...(this.readers.get(b) ?? [])].some((s) => s !== consumer)
    const result =
      producer.kind === 'kernel' && consumer.reduction !== null
        ? reducedTogether(producer, consumer, isNeeded)
        : joined(producer, consumer, isNeeded)
    return result._tag === 'joined' ? this.limited(result.step) : result
  }

  private limited(step: Nest): Joined {
    return withinLimits(step, this.costs, (b) => this.results.has(b) || (this.readers.get(b)?.size ?? 0) > 0)
  }

  private merge(producer: Nest, consumer: Kernel): boolean {
    return this.replace(producer, consumer, this.attempt(producer, consumer))
  }

  /**
   * Puts the joined step where the later one was, and after it what depends on the earlier one. Results that would
   * then wait in memory for longer are not worth it, unless they are small, or take the place of others.
   */
  private replace(first: Step, second: Step, result: Joined): boolean {
    if (result._tag === 'apart') return false
    const from = this.steps.indexOf(first)
    const to = this.steps.indexOf(second)
    const own = new Set(writes(first))
    const affected = new Set(own)
    const before: Step[] = []
    const after: Step[] = []
    let acted = false
    for (const step of this.steps.slice(from + 1, to)) {
      if (reads(step).some((b) => affected.has(b)) || (acted && acts(step))) {
        for (const b of writes(step)) affected.add(b)
        acted ||= acts(step)
        after.push(step)
      } else before.push(step)
    }
    if (reads(second).some((b) => affected.has(b) && !own.has(b))) return false
    const waiting = writes(second).reduce((n, b) => n + bytesOf(this.program.buffers[b]), 0)
    const written = new Set(writes(result.step))
    if (after.length > 0 && waiting > cacheLine && [...own].every((b) => written.has(b))) return false
    for (const step of [first, second]) this.leave(step)
    const step = this.interned(result.step)
    this.enter(step)
    this.steps.splice(from, to - from + 1, ...before, step, ...after)
    this.place = from + before.length
    return true
  }

  private enter(step: Step): void {
    for (const b of writes(step)) this.writers.set(b, step)
    for (const b of reads(step)) this.readers.set(b, (this.readers.get(b) ?? new Set()).add(step))
  }

  private leave(step: Step): void {
    for (const b of writes(step)) this.writers.delete(b)
    for (const b of reads(step)) this.readers.get(b)?.delete(step)
  }

  /** The step with equal expressions made identical. */
  private interned<S extends Nest>(step: S): S {
    const own = <E extends Expr>(e: E): E => this.interner.of(e) as E
    const outputs = step.outputs.map((o) => ({ ...o, value: own(o.value) }))
    if (step.kind === 'contract') return { ...step, lhs: own(step.lhs), rhs: own(step.rhs), outputs }
    const { reduction } = step
    const element = reduction === null ? null : reduction.element.map(own)
    return { ...step, reduction: element && { ...reduction, element }, outputs }
  }
}

const haveOneShape = (a: Kernel, b: Kernel): boolean =>
  sameShape(a.space, b.space) &&
  (a.reduction === null
    ? b.reduction === null
    : b.reduction !== null && sameShape(a.reduction.extents, b.reduction.extents))

/** Whether two kernels of one shape load the same elements of an array at each point. */
const readAlike = (a: Kernel, b: Kernel): boolean => {
  const own = new Set<Expr>(loadsOf(rootsOf(a)))
  return loadsOf(rootsOf(b)).some(
    (l) => own.has(l) && l.view.strides.some((s, i) => s !== 0 && l.view.shape[i] > 1),
  )
}

/** Two kernels of one shape as one with the outputs of both. */
const sideBySide = (a: Kernel, b: Kernel): Kernel => {
  const equations = [...new Set([...(a.equations ?? []), ...(b.equations ?? [])])]
  const whole = { ...a, name: nameOf(equations), equations }
  if (a.reduction === null || b.reduction === null) return { ...whole, outputs: [...a.outputs, ...b.outputs] }
  const first = a.reduction.init.length
  const shifted = rebuilder((e) => {
    if (e.op === 'acc') return acc(first + e.slot, e.dtype)
    return e.op === 'elem' ? elem(first + e.slot, e.dtype) : undefined
  }) as (e: Expr) => Expr
  const reduction: Reduction = {
    extents: a.reduction.extents,
    init: [...a.reduction.init, ...b.reduction.init],
    element: [...a.reduction.element, ...b.reduction.element],
    combine: [...a.reduction.combine, ...b.reduction.combine.map(shifted)],
  }
  const outputs = b.outputs.map((o) => ({ ...o, value: shifted(o.value) }))
  return { ...whole, reduction, outputs: [...a.outputs, ...outputs] }
}
