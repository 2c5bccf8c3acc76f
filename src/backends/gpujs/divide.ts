import type { Shape } from '../../ir/aval.js'
import { isFloat } from '../../ir/dtype.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { nodesOf, slotsOf } from '../../ir/nodes.js'
import type { BufferSpec, Contract, Kernel } from '../../ir/program.js'
import { movedExpr, rebuilder } from '../../ir/rebuild.js'
import { denseStrides } from '../../ir/view.js'
import { Judge, whyOnHost } from './placement.js'

/** A kernel that runs in part on the host, and the buffers between: from `buffers.length` on. */
export type Divided = {
  readonly host: readonly Kernel[]
  readonly device: Kernel
  readonly between: readonly BufferSpec[]
}

const isWhole = (e: Expr): boolean => !isFloat(e.dtype) && e.dtype !== 'bool'

/**
 * Takes out of a kernel that cannot run on the device the integer arithmetic that is the reason: its results, as floats
 * or bools, and outputs that are integers themselves. `null` where there is another reason. `next`: the first free buffer; `why`: why a step cannot run on the device.
 */
export const divided = (
  step: Kernel,
  next: BufferId,
  why: (step: Kernel | Contract) => string | null = whyOnHost,
): Divided | null => {
  const nest = [...step.space, ...(step.reduction?.extents ?? [])]
  const judge = new Judge(nest)
  const host: Kernel[] = []
  const between: BufferSpec[] = []
  const own =
    step.reduction === null
      ? step.outputs.filter((o) => isWhole(o.value) && judge.reason(o.value) !== null)
      : []
  const rest = step.outputs.filter((o) => !own.includes(o))
  if (rest.length === 0) return null
  if (own.length > 0) host.push({ ...step, outputs: own })
  /** Expressions over loops of these extents. */
  const replacer = (extents: Shape) =>
    rebuilder((e) => {
      const isBoundary =
        e.op === 'apply' && !isWhole(e) && e.args.some(isWhole) && judge.reason(e) !== null && !isReduced(e)
      if (!isBoundary) return undefined
      const made = onHost(e, extents, next + between.length)
      host.push(made.kernel)
      between.push(made.spec)
      return made.load
    }) as (e: Expr) => Expr
  const { reduction } = step
  const ofOutputs = replacer(step.space)
  const device: Kernel = {
    ...step,
    reduction: reduction === null ? null : { ...reduction, element: reduction.element.map(replacer(nest)) },
    outputs: rest.map((o) => ({ ...o, value: ofOutputs(o.value) })),
  }
  return host.length > 0 && why(device) === null ? { host, device, between } : null
}

/** Whether it depends on the values of a reduction. */
const isReduced = (root: Expr): boolean => slotsOf([root]).size > 0

/** The axes of the nest that an expression depends on. */
const axesOf = (root: Expr, rank: number): readonly number[] => {
  const used = new Set<number>()
  for (const e of nodesOf([root])) {
    if (e.op === 'index') used.add(e.axis)
    else if (e.op === 'load') {
      for (const coefs of [e.view.strides, ...e.view.guards.map((g) => g.coefs)])
        coefs.forEach((c, axis) => {
          if (c !== 0) used.add(axis)
        })
    }
  }
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => used.has(axis))
}

/** A kernel of the host's for an expression, over the axes it depends on, and the load of its result. */
const onHost = (
  e: Expr,
  nest: Shape,
  buffer: BufferId,
): { readonly kernel: Kernel; readonly spec: BufferSpec; readonly load: Load } => {
  const axes = axesOf(e, nest.length)
  const space = axes.map((a) => nest[a])
  const places = nest.map((_, a) => {
    const axis = axes.indexOf(a)
    return { axis: axis < 0 ? null : axis, offset: 0, step: 1 }
  })
  const value = movedExpr(e, space, places)
  const own = denseStrides(space)
  const strides = nest.map((_, a) => (axes.includes(a) ? own[axes.indexOf(a)] : 0))
  return {
    kernel: { kind: 'kernel', name: 'integers', space, reduction: null, outputs: [{ buffer, value }] },
    spec: { shape: space, dtype: e.dtype },
    load: {
      op: 'load',
      dtype: e.dtype,
      buffer,
      view: { shape: nest, offset: 0, strides, guards: [] },
      fill: 0,
      dynamic: [],
    },
  }
}
