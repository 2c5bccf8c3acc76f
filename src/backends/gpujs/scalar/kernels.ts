import { type Shape, sizeOf } from '../../../ir/aval.js'
import type { DType } from '../../../ir/dtype.js'
import {
  acc,
  apply,
  type BufferId,
  compare,
  constant,
  type Expr,
  loopIndex,
  select,
} from '../../../ir/expr.js'
import { loadsOf, slotsOf } from '../../../ir/nodes.js'
import { type BufferSpec, joinedAlike, type Kernel, type Reduction } from '../../../ir/program.js'
import { rebuilder } from '../../../ir/rebuild.js'
import { dense, type Position, readAtPositions } from '../../../ir/view.js'

/** A kernel of one result. */
export type SingleKernel = Omit<Kernel, 'outputs'> & { readonly output: Kernel['outputs'][number] }

/** Kernels of one result each, in their order, and the buffers that are between them, numbered from the first free one. */
export type Staged = { readonly kernels: readonly SingleKernel[]; readonly between: readonly BufferSpec[] }

/** The reduced values that an expression needs, with those that these need. */
export const neededSlots = (value: Expr, { combine }: Reduction): readonly number[] => {
  const slots = new Set(slotsOf([value]))
  for (const slot of slots) for (const other of slotsOf([combine[slot]])) slots.add(other)
  return [...slots].sort((a, b) => a - b)
}

/** Points that a thread reduces at least, before others join it. */
const shortest = 256

/** Threads that keep a device busy. */
const enough = 2 ** 14

/** The kernels of a step's results. `next`: the first free buffer; `mostInputs`: arrays that a kernel can read. */
export const singleKernels = (step: Kernel, next: BufferId, mostInputs: number): Staged => {
  const kernels: SingleKernel[] = []
  const between: BufferSpec[] = []
  const add = (kernel: SingleKernel): void => {
    const stages = twoStages(kernel, next + between.length, mostInputs)
    if (stages === null) {
      kernels.push(kernel)
      return
    }
    between.push(...stages.between)
    for (const part of stages.kernels) add(part)
  }
  for (const output of step.outputs) {
    const { outputs: _, ...rest } = step
    add({ ...rest, output })
  }
  return { kernels, between }
}

/** Parts of a long reduction of few results, and the reduction of these; `null` where it is better as it is. */
const twoStages = (kernel: SingleKernel, next: BufferId, mostInputs: number): Staged | null => {
  const { space, reduction, output } = kernel
  if (reduction === null) return null
  const [total, threads] = [sizeOf(reduction.extents), sizeOf(space)]
  if (total < 8 * shortest || threads === 0 || threads > enough / 4) return null
  const axis = reduction.extents.indexOf(Math.max(...reduction.extents))
  const length = reduction.extents[axis]
  const wanted = Math.min(Math.ceil(total / shortest), Math.ceil(enough / threads), length)
  const chunk = chunkOf(length, Math.ceil(length / wanted))
  const pieces = Math.ceil(length / chunk)
  const slots = neededSlots(output.value, reduction)
  const others = new Set(loadsOf([output.value]).map((l) => l.buffer)).size
  if (pieces < 2 || slots.length + others > mostInputs) return null
  const inParts = [...space, pieces]
  const split = splitReduction(space, reduction, axis, pieces, chunk)
  const parts = slots.map((slot, i): SingleKernel => {
    const { dtype } = reduction.init[slot]
    return {
      ...kernel,
      space: inParts,
      reduction: split,
      output: { buffer: next + i, value: acc(slot, dtype) },
    }
  })
  const partial = (slot: number, dtype: DType): Expr => ({
    op: 'load',
    dtype,
    buffer: next + slots.indexOf(slot),
    view: dense(inParts),
    fill: 0,
    dynamic: [],
  })
  const element = reduction.init.map(({ value, dtype }, slot) =>
    slots.includes(slot) ? partial(slot, dtype) : constant(value, dtype),
  )
  return {
    kernels: [...parts, { ...kernel, reduction: joinedAlike(reduction, [pieces], element) }],
    between: slots.map((slot) => ({ shape: inParts, dtype: reduction.init[slot].dtype })),
  }
}

/** A length of pieces, at least as long as `least`, and not much longer; one that leaves no rest, if there is one. */
const chunkOf = (length: number, least: number): number => {
  for (let chunk = least; chunk <= 2 * least; chunk++) if (length % chunk === 0) return chunk
  return least
}

/** The reduction of one of the pieces of an axis, which are the last axis of the space. */
const splitReduction = (
  space: Shape,
  reduction: Reduction,
  axis: number,
  pieces: number,
  chunk: number,
): Reduction => {
  const piece = space.length
  const inner = piece + 1 + axis
  const extents = reduction.extents.map((extent, i) => (i === axis ? chunk : extent))
  const nest = [...space, pieces, ...extents]
  const positions = [
    ...space.map((_, j): Position => ({ offset: 0, terms: [{ axis: j, step: 1 }] })),
    ...reduction.extents.map((_, i): Position => {
      const own = { axis: piece + 1 + i, step: 1 }
      return { offset: 0, terms: i === axis ? [{ axis: piece, step: chunk }, own] : [own] }
    }),
  ]
  const length = reduction.extents[axis]
  const place = apply('add', [apply('mul', [loopIndex(piece), constant(chunk, 'int32')]), loopIndex(inner)])
  const moved = rebuilder(
    (e) => {
      if (e.op !== 'index') return undefined
      if (e.axis < space.length) return e
      return e.axis === space.length + axis ? place : loopIndex(e.axis + 1)
    },
    (view) => readAtPositions(view, nest, positions),
  )
  // of numbers that are small, however long the axis is
  const [full, rest] = [Math.floor(length / chunk), length % chunk].map((n) => constant(n, 'int32'))
  const isInside = apply('or', [
    compare('lt', loopIndex(piece), full),
    apply('and', [compare('eq', loopIndex(piece), full), compare('lt', loopIndex(inner), rest)]),
  ])
  const element = reduction.element.map((e, slot) => {
    const { value, dtype } = reduction.init[slot]
    const inPiece = moved(e) as Expr
    return pieces * chunk === length ? inPiece : select(isInside, inPiece, constant(value, dtype))
  })
  return joinedAlike(reduction, extents, element)
}
