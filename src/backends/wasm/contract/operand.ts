import { type Shape, sizeOf } from '../../../graph/aval.js'
import type { BufferId, Load } from '../../../graph/kernel/expr.js'
import type { Kernel } from '../../../graph/kernel/program.js'
import { movedExpr } from '../../../graph/kernel/rebuild.js'
import { alwaysHolds, denseStrides, type View } from '../../../graph/kernel/view.js'

/** A matrix of each batch as it lies in a buffer; all in bytes. */
export type Matrices = {
  readonly buffer: BufferId
  /** Where the matrix of each batch begins. */
  readonly starts: readonly number[]
  readonly stride: number
  readonly step: number
}

/** The one stride of several axes, or `null` where there is none. */
const jointStride = (extents: Shape, strides: readonly number[]): number | null => {
  let joint: number | null = null
  let size = 1
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    if (extents[axis] === 1) continue
    if (joint === null) joint = strides[axis]
    else if (strides[axis] !== joint * size) return null
    size *= extents[axis]
  }
  return joint ?? 0
}

const startsOf = (batch: Shape, strides: readonly number[], offset: number): readonly number[] => {
  const starts = [offset]
  batch.forEach((extent, axis) => {
    const before = starts.splice(0)
    for (const start of before) for (let i = 0; i < extent; i++) starts.push(start + i * strides[axis])
  })
  return starts
}

const matricesOf = (buffer: BufferId, view: View, batch: Shape, rows: Shape, k: Shape): Matrices | null => {
  const at = batch.length + rows.length
  const stride = jointStride(rows, view.strides.slice(batch.length, at))
  const step = jointStride(k, view.strides.slice(at))
  if (stride === null || step === null) return null
  const starts = startsOf(batch, view.strides, view.offset).map((s) => 4 * s)
  return { buffer, starts, stride: 4 * stride, step: 4 * step }
}

/** An operand's matrices where they are, or those that a kernel first copies to a buffer of its own. */
export type PreparedOperand = { readonly matrices: Matrices; readonly copy: Kernel | null }

/** `into`: the buffer for a copy. */
export const prepareOperand = (
  load: Load,
  batch: Shape,
  rows: Shape,
  k: Shape,
  into: BufferId,
): PreparedOperand => {
  const extents = [...batch, ...rows, ...k]
  const guards = load.view.guards.filter((g) => !alwaysHolds(g, extents))
  const inPlace =
    guards.length === 0 && load.dynamic.length === 0
      ? matricesOf(load.buffer, load.view, batch, rows, k)
      : null
  if (inPlace !== null) return { matrices: inPlace, copy: null }
  // rows last where their elements are neighbours in memory, so that copying reads and writes along them
  const at = batch.length + rows.length
  const rowsLast = load.view.strides.slice(batch.length, at).some((s) => Math.abs(s) === 1)
  const axes = extents.map((_, axis) => axis)
  const order = rowsLast
    ? [...axes.slice(0, batch.length), ...axes.slice(at), ...axes.slice(batch.length, at)]
    : axes
  const space = order.map((axis) => extents[axis])
  const value = movedExpr(
    load,
    space,
    axes.map((axis) => ({ axis: order.indexOf(axis), offset: 0, step: 1 })),
  )
  const written = denseStrides(space)
  const strides = axes.map((axis) => written[order.indexOf(axis)])
  const view: View = { shape: extents, offset: 0, strides, guards: [] }
  const matrices = matricesOf(into, view, batch, rows, k) as Matrices
  return {
    matrices,
    copy: { kind: 'kernel', name: 'copy', space, reduction: null, outputs: [{ buffer: into, value }] },
  }
}

/** Bytes of a copied operand. */
export const copyBytes = (batch: Shape, rows: Shape, k: Shape): number =>
  4 * sizeOf([...batch, ...rows, ...k])
