import { sameShape, sizeOf } from '../../ir/aval.js'
import type { Costs } from '../../ir/costs.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { Interner } from '../../ir/intern.js'
import { bytesOf, reads, writes } from '../../ir/memory.js'
import { type Nest, rootsOf } from '../../ir/nests.js'
import { loadsOf } from '../../ir/nodes.js'
import { type Kernel, type Program, type Reduction, type Step, subPrograms } from '../../ir/program.js'
import { renumbered } from '../../ir/rebuild.js'
import { movedOn } from '../../ir/statistics.js'
import { type Joined, joined, together, withinLimits } from './join.js'
import { reducedTogether } from './onlineReductions.js'

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

/** Results of up to this many bytes are small. */
const cacheLine = 64

/** A kernel that this many others could not join is full, or stands in a long chain: it is not tried again. */
const mostRefusals = 16

class Fusion {
  readonly #interner = new Interner()
  /** In order; `null` where a step has gone into a later one. */
  readonly #steps: (Step | null)[]
  readonly #places = new Map<Step, number>()
  readonly #writers = new Map<BufferId, Step>()
  readonly #readers = new Map<BufferId, Set<Step>>()
  readonly #results: ReadonlySet<BufferId>
  /** Kernels before the present one, by the loads or arrays that others may have in common with them. */
  readonly #siblings = new Map<string | Expr, Set<Kernel>>()
  readonly #refusals = new Map<Kernel, number>()
  /** For each step that acts, the one before it that does. */
  readonly #actedBefore = new Map<Step, Step>()

  readonly #program: Program
  readonly #costs: Costs

  constructor(program: Program, costs: Costs) {
    this.#program = program
    this.#costs = costs

    this.#results = new Set(program.outputs)
    this.#steps = program.steps.map((step) => (isNest(step) ? this.#interned(step) : step))
    let acted: Step | null = null
    program.steps.forEach((_, at) => {
      const step = this.#at(at)
      this.#enter(step, at)
      if (!acts(step)) return
      if (acted !== null) this.#actedBefore.set(step, acted)
      acted = step
    })
  }

  #at(place: number): Step {
    return this.#steps[place] as Step
  }

  run(): Program {
    let before: number
    do {
      before = this.#places.size
      for (let at = 0; at < this.#steps.length; at++) at = this.#joinInto(at)
      this.#siblings.clear()
      for (let at = 0; at < this.#steps.length; at++) at = this.#joinSiblings(at)
    } while (this.#places.size < before)
    return { ...this.#program, steps: this.#steps.filter((step) => step !== null) }
  }

  /** Joins the step at a place with those that it reads from, as often as it can; gives the place of the result. */
  #joinInto(start: number): number {
    let at = start
    for (;;) {
      const consumer = this.#steps[at]
      if (consumer?.kind !== 'kernel') return at
      const producers = new Set(reads(consumer).flatMap((b) => this.#writers.get(b) ?? []))
      const next = [...producers].reverse().find((p) => isNest(p) && this.#merge(p, consumer))
      if (next === undefined) return at
      at = this.#place
    }
  }

  /** Joins the kernel at a place with an earlier one that reads the same, and whose results it does not read. */
  #joinSiblings(at: number): number {
    const second = this.#steps[at]
    if (second?.kind !== 'kernel') return at
    const common = this.#inCommon(second)
    for (const first of new Set(common.flatMap((c) => [...(this.#siblings.get(c) ?? [])]))) {
      if (first === second || this.#placeOf(first) > at || !haveOneShape(first, second)) continue
      if (writes(first).some((b) => this.#readers.get(b)?.has(second))) continue
      if (this.#replace(first, second, this.#limited(sideBySide(first, second)))) {
        this.#addSibling(this.#at(this.#place) as Kernel)
        return this.#place
      }
      this.#refuse(first)
    }
    this.#addSibling(second)
    return at
  }

  /** Keys of the reads that kernels side by side have in common: small ones share an array, others elements of it. */
  #inCommon(kernel: Kernel): readonly (string | Expr)[] {
    const isSmall = kernel.reduction === null && 4 * sizeOf(kernel.space) <= this.#costs.dispatchBytes
    return isSmall ? reads(kernel).map((b) => `${b} ${kernel.space}`) : loadsOf(rootsOf(kernel)).filter(moves)
  }

  #addSibling(kernel: Kernel): void {
    if ((this.#refusals.get(kernel) ?? 0) >= mostRefusals) return
    for (const c of this.#inCommon(kernel))
      this.#siblings.set(c, (this.#siblings.get(c) ?? new Set<Kernel>()).add(kernel))
  }

  #removeSibling(kernel: Kernel): void {
    for (const c of this.#inCommon(kernel)) this.#siblings.get(c)?.delete(kernel)
  }

  #refuse(kernel: Kernel): void {
    const count = (this.#refusals.get(kernel) ?? 0) + 1
    this.#refusals.set(kernel, count)
    if (count === mostRefusals) this.#removeSibling(kernel)
  }

  /** Where the last merged step is. */
  #place = 0

  #placeOf(step: Step): number {
    return this.#places.get(step) as number
  }

  whyApart(first: number, second: number): string {
    const [producer, consumer] = [this.#at(first), this.#at(second)]
    if (!isNest(producer)) return `${producer.name} is not a loop nest`
    if (consumer.kind !== 'kernel') return `${consumer.name} reads it from memory`
    const result = this.#attempt(producer, consumer)
    return result._tag === 'apart' ? result.why : 'as one, they would keep other results in memory for longer'
  }

  #attempt(producer: Nest, consumer: Kernel): Joined {
    const isNeeded = (b: BufferId): boolean =>
      this.#results.has(b) || [...(this.#readers.get(b) ?? [])].some((s) => s !== consumer)
    const result =
      producer.kind === 'kernel' && consumer.reduction !== null
        ? reducedTogether(producer, consumer, isNeeded)
        : joined(producer, consumer, isNeeded)
    return result._tag === 'joined' ? this.#limited(result.step) : result
  }

  #limited(step: Nest): Joined {
    return withinLimits(
      step,
      this.#costs,
      (b) => this.#results.has(b) || (this.#readers.get(b)?.size ?? 0) > 0,
    )
  }

  #merge(producer: Nest, consumer: Kernel): boolean {
    return this.#replace(producer, consumer, this.#attempt(producer, consumer))
  }

  /**
   * Puts the joined step where the later one was, and after it the steps that depend on the earlier one. Results that would
   * then wait in memory for longer are not worth it, unless they are small, or take the place of others.
   */
  #replace(first: Step, second: Step, result: Joined): boolean {
    if (result._tag === 'apart') return false
    const own = writes(first)
    const to = this.#placeOf(second)
    const isReadBetween = own.some((b) =>
      [...(this.#readers.get(b) ?? [])].some((s) => s !== second && this.#placeOf(s) < to),
    )
    if (isReadBetween) {
      const waiting = writes(second).reduce((n, b) => n + bytesOf(this.#program.buffers[b]), 0)
      const written = new Set(writes(result.step))
      if (waiting > cacheLine && own.every((b) => written.has(b))) return false
      if (this.#dependsThroughOthers(second, first)) return false
    }
    const step = this.#interned(result.step)
    const after = isReadBetween ? this.#dependents(first, to) : []
    for (const old of [first, second]) this.#leave(old)
    this.#enter(step, after.length === 0 ? to : this.#moved(after, to))
    return true
  }

  /** Whether a step needs an earlier one through others as well, not only because it reads its results. */
  #dependsThroughOthers(step: Step, earlier: Step): boolean {
    const from = this.#placeOf(earlier)
    const own = new Set(writes(earlier))
    const seen = new Set<Step>()
    const pending: Step[] = []
    const push = (s: Step): void => {
      const acted = this.#actedBefore.get(s)
      const before = reads(s).flatMap((b) => this.#writers.get(b) ?? [])
      const made = (acted === undefined ? before : [...before, acted]).filter(
        (p) => p !== earlier && this.#placeOf(p) > from && !seen.has(p),
      )
      for (const p of made) seen.add(p)
      // the step nearest to the earlier one is looked at first: most often it leads there
      pending.push(...made.sort((a, b) => this.#placeOf(b) - this.#placeOf(a)))
    }
    push(step)
    for (let s = pending.pop(); s !== undefined; s = pending.pop()) {
      if (reads(s).some((b) => own.has(b))) return true
      push(s)
    }
    return false
  }

  /** The steps before a place that depend on a step. */
  #dependents(first: Step, to: number): readonly Step[] {
    const affected = new Set(writes(first))
    const found: Step[] = []
    let acted = false
    for (let at = this.#placeOf(first) + 1; at < to; at++) {
      const step = this.#steps[at]
      if (step === null || !(reads(step).some((b) => affected.has(b)) || (acted && acts(step)))) continue
      for (const b of writes(step)) affected.add(b)
      acted ||= acts(step)
      found.push(step)
    }
    return found
  }

  /** Moves steps to the end of those up to a place, which is free, in their order; gives the place before them, which is then free. */
  #moved(steps: readonly Step[], to: number): number {
    const moving = new Set(steps)
    let free = this.#placeOf(steps[0])
    for (let at = free; at < to; at++) {
      const step = this.#steps[at]
      if (step === null || moving.has(step)) continue
      this.#put(step, free++)
    }
    const place = to - steps.length
    for (let at = free; at < place; at++) this.#steps[at] = null
    steps.forEach((step, i) => {
      this.#put(step, place + 1 + i)
    })
    return place
  }

  #put(step: Step, at: number): void {
    this.#steps[at] = step
    this.#places.set(step, at)
  }

  #enter(step: Step, at: number): void {
    this.#put(step, at)
    this.#place = at
    for (const b of writes(step)) this.#writers.set(b, step)
    for (const b of reads(step)) this.#readers.set(b, (this.#readers.get(b) ?? new Set()).add(step))
  }

  #leave(step: Step): void {
    this.#steps[this.#placeOf(step)] = null
    this.#places.delete(step)
    for (const b of writes(step)) this.#writers.delete(b)
    for (const b of reads(step)) this.#readers.get(b)?.delete(step)
    if (step.kind === 'kernel') this.#removeSibling(step)
  }

  /** The step with equal expressions made identical. */
  #interned<S extends Nest>(step: S): S {
    const own = <E extends Expr>(e: E): E => this.#interner.of(e) as E
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

/** Whether it is another element at other points. */
const moves = ({ view }: Load): boolean => view.strides.some((s, i) => s !== 0 && view.shape[i] > 1)

/** Two kernels of one shape as one with the outputs of both. */
const sideBySide = (a: Kernel, b: Kernel): Kernel => {
  const whole = { ...a, ...together(a, b) }
  if (a.reduction === null || b.reduction === null) return { ...whole, outputs: [...a.outputs, ...b.outputs] }
  const first = a.reduction.init.length
  const shifted = renumbered((slot) => first + slot)
  const reduction: Reduction = {
    extents: a.reduction.extents,
    init: [...a.reduction.init, ...b.reduction.init],
    element: [...a.reduction.element, ...b.reduction.element],
    combine: [...a.reduction.combine, ...b.reduction.combine.map(shifted)],
    statistics: [
      ...(a.reduction.statistics ?? []),
      ...(b.reduction.statistics ?? []).map((s) => movedOn(s, first)),
    ],
  }
  const outputs = b.outputs.map((o) => ({ ...o, value: shifted(o.value) }))
  return { ...whole, reduction, outputs: [...a.outputs, ...outputs] }
}
