import { type Shape, sizeOf } from '../../ir/aval.js'
import { type Costs, mostNodes, sizeOfExprs } from '../../ir/costs.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { fromMemory, type Lineage, lineageOf, nameOf } from '../../ir/lineage.js'
import { type Nest, nestSpace, rootsOf } from '../../ir/nests.js'
import { loadsOf } from '../../ir/nodes.js'
import type { Contract, Kernel, Output } from '../../ir/program.js'
import { movedExpr, rebuilder, reshapedExpr } from '../../ir/rebuild.js'
import { type AxisMap, denseStrides, moveAxes, type View } from '../../ir/view.js'

/** Two kernels as one, or why they stay apart. */
export type Joined =
  | { readonly _tag: 'joined'; readonly step: Nest }
  | { readonly _tag: 'apart'; readonly why: string }

export const apart = (why: string): Joined => ({ _tag: 'apart', why })

/** The name and the lineage of a step that does two others' work. */
export const together = (first: Nest, second: Nest): { readonly name: string; readonly lineage: Lineage } => {
  const lineage = lineageOf([first, second].map((step) => step.lineage ?? fromMemory))
  return { name: nameOf(lineage), lineage }
}

/**
 * For each axis of a dense array the axis of the nest that runs over it (`null` where it is of length one), or `null`
 * where a view does not show each element once.
 */
const axesInNest = (dense: Shape, view: View): readonly (number | null)[] | null => {
  if (view.offset !== 0 || view.guards.length > 0 || sizeOf(dense) === 0) return null
  const strides = denseStrides(dense)
  const axes = dense.map((d, i) =>
    d === 1 ? null : view.shape.findIndex((extent, j) => extent === d && view.strides[j] === strides[i]),
  )
  const long = view.shape.filter((d) => d !== 1).length
  const found = axes.filter((a) => a !== null)
  return found.every((a) => a >= 0) && found.length === long ? axes : null
}

const sameAxes = (a: readonly (number | null)[], b: readonly (number | null)[]): boolean =>
  a.every((axis, i) => axis === b[i])

/** `axes[i]`: the new axis of axis i, `null` where its length is one. */
const mapTo = (axes: readonly (number | null)[]): readonly AxisMap[] =>
  axes.map((axis) => ({ axis, offset: 0, step: 1 }))

const inverse = (axes: readonly (number | null)[], rank: number): readonly (number | null)[] =>
  Array.from({ length: rank }, (_, j) => {
    const i = axes.indexOf(j)
    return i < 0 ? null : i
  })

/** A nest whose space is another order of its axes; its outputs are then laid out in that order. */
const inOtherOrder = (step: Nest, axes: readonly (number | null)[], space: Shape): Nest | null => {
  const outputs = step.outputs.map((o) => ({ ...o, value: movedExpr(o.value, space, mapTo(axes)) }))
  if (step.kind === 'contract') return contractInOtherOrder(step, axes, space, outputs)
  const { reduction } = step
  if (reduction === null) return { ...step, space, outputs }
  const nest = [...space, ...reduction.extents]
  const maps = [...mapTo(axes), ...mapTo(reduction.extents.map((_, k) => space.length + k))]
  const element = reduction.element.map((e) => movedExpr(e, nest, maps))
  return { ...step, space, reduction: { ...reduction, element }, outputs }
}

const contractInOtherOrder = (
  step: Contract,
  axes: readonly (number | null)[],
  space: Shape,
  outputs: readonly Output[],
): Contract | null => {
  const groups = ['batch', 'm', 'n'] as const
  const old = [...step.batch.map(() => 0), ...step.m.map(() => 1), ...step.n.map(() => 2)]
  const back = inverse(axes, space.length)
  // an axis of length one goes with the one before it
  const groupAt: number[] = []
  for (const axis of back) groupAt.push(axis === null ? (groupAt.at(-1) ?? 0) : old[axis])
  const swapped = groupAt.lastIndexOf(2) >= 0 && groupAt.indexOf(2) < groupAt.indexOf(1)
  const rank = swapped ? [0, 2, 1] : [0, 1, 2]
  if (groupAt.some((g, j) => j > 0 && rank[g] < rank[groupAt[j - 1]])) return null
  const own = (group: number): readonly number[] => groupAt.flatMap((g, j) => (g === group ? [j] : []))
  const extents = (group: number): Shape => own(group).map((j) => space[j])
  const side = (load: Load, group: number): Load => {
    const nest = [...own(0), ...own(group)]
    const shape = [...nest.map((j) => space[j]), ...step.k]
    const offset = groups[group] === 'n' ? step.m.length : 0
    const firsts = [
      ...step.batch.keys(),
      ...step[groups[group]].map((_, i) => step.batch.length + offset + i),
    ]
    const maps: AxisMap[] = [
      ...firsts.map((i) => ({ axis: axes[i] === null ? null : nest.indexOf(axes[i]), offset: 0, step: 1 })),
      ...step.k.map((_, i) => ({ axis: nest.length + i, offset: 0, step: 1 })),
    ]
    return { ...load, view: moveAxes(load.view, shape, maps) }
  }
  const left = side(step.lhs, 1)
  const right = side(step.rhs, 2)
  return swapped
    ? { ...step, batch: extents(0), m: extents(2), n: extents(1), lhs: right, rhs: left, outputs }
    : { ...step, batch: extents(0), m: extents(1), n: extents(2), lhs: left, rhs: right, outputs }
}

/** A kernel without a reduction over another space of as many points, or `null` where its views do not allow it. */
const reshapedTo = (space: Shape, kernel: Kernel): Kernel | null => {
  const outputs = kernel.outputs.flatMap((o) => {
    const value = reshapedExpr(o.value, space)
    return value === null ? [] : [{ ...o, value }]
  })
  return outputs.length === kernel.outputs.length ? { ...kernel, space, outputs } : null
}

/** The step, unless it is too much for one kernel. */
export const withinLimits = (step: Nest, costs: Costs, isNeeded: (b: BufferId) => boolean): Joined => {
  const size = sizeOfExprs(rootsOf(step))
  if (size.buffers.size > costs.inputs) return apart(`together they would read ${size.buffers.size} arrays`)
  const written = step.outputs.filter((o) => isNeeded(o.buffer)).length
  if (written > costs.outputs) return apart(`together they would write ${written} arrays`)
  if (size.nodes > mostNodes) return apart(`together they would be an expression of ${size.nodes} nodes`)
  return { _tag: 'joined', step }
}

/**
 * A kernel without a reduction computed where a result that it reads is: at the end of that nest. `isNeeded`: whether an
 * output is read by others once this kernel no longer reads it.
 */
export const joined = (producer: Nest, consumer: Kernel, isNeeded: (b: BufferId) => boolean): Joined => {
  if (consumer.reduction !== null) return apart('the next kernel reduces it')
  const result = joinedPointByPoint(producer, consumer, isNeeded)
  const space = nestSpace(producer)
  if (result._tag === 'joined' || sizeOf(space) !== sizeOf(consumer.space)) return result
  // one may run over parts of an axis, as windows do, and the other over all of it
  const reshaped = reshapedTo(space, consumer)
  if (reshaped === null) return result
  const again = joinedPointByPoint(producer, reshaped, isNeeded)
  return again._tag === 'joined' ? again : result
}

const joinedPointByPoint = (producer: Nest, consumer: Kernel, isNeeded: (b: BufferId) => boolean): Joined => {
  const made = new Map(producer.outputs.map((o) => [o.buffer, o]))
  const own = loadsOf(rootsOf(consumer)).filter((l) => made.has(l.buffer))
  const space = nestSpace(producer)
  const maps = own.map((l) => (l.dynamic.length > 0 ? null : axesInNest(space, l.view)))
  const [axes] = maps
  if (axes === null || axes === undefined || !maps.every((m) => m !== null && sameAxes(m, axes)))
    return apart('the next kernel reads it at other points')
  const found = axes.filter((a) => a !== null)
  const inOrder = found.every((a, i) => i === 0 || a > found[i - 1])
  if (!inOrder && producer.outputs.some((o) => isNeeded(o.buffer)))
    return apart('the next kernel reads it in another order, and others do not')
  const base = inOrder ? producer : inOtherOrder(producer, axes, consumer.space)
  if (base === null) return apart('the next kernel reads it in an order that a contraction does not write')
  const values = new Map(base.outputs.map((o) => [o.buffer, o.value]))
  // the consumer's axes as axes of the nest that it joins
  const inNest = mapTo(inOrder ? inverse(axes, consumer.space.length) : consumer.space.map((_, j) => j))
  const nest = nestSpace(base)
  const replaced = rebuilder((e) => (e.op === 'load' ? values.get(e.buffer) : undefined))
  const outputs = consumer.outputs.map((o) => {
    return { ...o, value: replaced(movedExpr(o.value, nest, inNest)) as Expr }
  })
  const kept = base.outputs.filter((o) => isNeeded(o.buffer))
  return {
    _tag: 'joined',
    step: { ...base, ...together(producer, consumer), outputs: [...kept, ...outputs] },
  }
}
