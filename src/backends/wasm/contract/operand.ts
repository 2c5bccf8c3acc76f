import type { Shape } from '../../../ir/aval.js'
import type { BufferId, Load } from '../../../ir/expr.js'
import { bytesOf } from '../../../ir/memory.js'
import type { Kernel } from '../../../ir/program.js'
import { alwaysHolds, dense, type View } from '../../../ir/view.js'
import { bordered } from './border.js'

/** How rows, or steps along k, follow each other in memory: at one distance in bytes, or each at an offset of its own. */
export type Spacing =
  | { readonly kind: 'even'; readonly bytes: number }
  | { readonly kind: 'listed'; readonly offsets: Int32Array }

/** A matrix of each batch as it lies in a buffer. */
export type Matrices = {
  readonly buffer: BufferId
  /** Where the matrix of each batch begins, in bytes. */
  readonly starts: readonly number[]
  readonly rows: Spacing
  readonly steps: Spacing
}

/** The places of all points of some axes, in elements, in row-major order. */
const placesOf = (extents: Shape, strides: readonly number[], offset = 0): Int32Array => {
  let places = Int32Array.of(offset)
  extents.forEach((extent, axis) => {
    const finer = new Int32Array(places.length * extent)
    for (let p = 0, at = 0; p < places.length; p++)
      for (let i = 0; i < extent; i++) finer[at++] = places[p] + i * strides[axis]
    places = finer
  })
  return places
}

/** Axes with as many points at the same places, as few as there can be: none is of length one, or goes on from the next. */
const joined = (
  extents: Shape,
  strides: readonly number[],
): { readonly extents: readonly number[]; readonly strides: readonly number[] } => {
  const own: { extents: number[]; strides: number[] } = { extents: [], strides: [] }
  extents.forEach((extent, axis) => {
    const last = own.extents.length - 1
    if (extent === 1) return
    if (last >= 0 && own.strides[last] === extent * strides[axis]) {
      own.extents[last] *= extent
      own.strides[last] = strides[axis]
    } else {
      own.extents.push(extent)
      own.strides.push(strides[axis])
    }
  })
  return own
}

/** The one stride of several axes, or `null` where there is none. */
const jointStride = (extents: Shape, strides: readonly number[]): number | null => {
  const own = joined(extents, strides)
  return own.strides.length > 1 ? null : (own.strides[0] ?? 0)
}

/** Offsets in bytes of all points of some axes, those with their lowest bit set from which on four are neighbours. */
const listed = (extents: Shape, strides: readonly number[]): Spacing => {
  const own = joined(extents, strides)
  const rows = placesOf(own.extents.slice(0, -1), own.strides)
  const [length, step] = [own.extents.at(-1) ?? 1, own.strides.at(-1) ?? 0]
  const offsets = new Int32Array(rows.length * length)
  const neighbours = step === 1 ? length - 3 : 0
  for (let r = 0, at = 0; r < rows.length; r++)
    for (let i = 0; i < length; i++) offsets[at++] = 4 * (rows[r] + i * step) + (i < neighbours ? 1 : 0)
  return { kind: 'listed', offsets }
}

const matricesOf = (buffer: BufferId, view: View, batch: Shape, rows: Shape, k: Shape): Matrices => {
  const at = batch.length + rows.length
  const ofRows = view.strides.slice(batch.length, at)
  const ofSteps = view.strides.slice(at)
  const stride = jointStride(rows, ofRows)
  const step = jointStride(k, ofSteps)
  const isEven = stride !== null && step !== null
  return {
    buffer,
    starts: Array.from(placesOf(batch, view.strides, view.offset), (p) => 4 * p),
    rows: isEven ? { kind: 'even', bytes: 4 * stride } : listed(rows, ofRows),
    steps: isEven ? { kind: 'even', bytes: 4 * step } : listed(k, ofSteps),
  }
}

/** An operand's matrices, and the kernel that first copies them to a buffer of `bytes` bytes. */
export type PreparedOperand = {
  readonly matrices: Matrices
  readonly copy: { readonly kernel: Kernel; readonly bytes: number } | null
}

/** Matrices where they are, unless something outside of the array belongs to them. `into`: the buffer for a copy. */
export const prepareOperand = (
  load: Load,
  batch: Shape,
  rows: Shape,
  k: Shape,
  into: BufferId,
): PreparedOperand => {
  const extents = [...batch, ...rows, ...k]
  const guards = load.view.guards.filter((g) => !alwaysHolds(g, extents))
  if (guards.length === 0 && load.dynamic.length === 0)
    return { matrices: matricesOf(load.buffer, load.view, batch, rows, k), copy: null }
  const around = bordered(load, extents, into)
  const kernel: Kernel = around?.copy ?? {
    kind: 'kernel',
    name: 'copy',
    space: extents,
    reduction: null,
    outputs: [{ buffer: into, value: load }],
  }
  const view = around?.load.view ?? dense(extents)
  return {
    matrices: matricesOf(into, view, batch, rows, k),
    copy: { kernel, bytes: bytesOf({ shape: kernel.space, dtype: load.dtype }) },
  }
}

/** Bytes of a list of places. */
export const listBytes = (spacing: Spacing): number =>
  spacing.kind === 'even' ? 0 : spacing.offsets.byteLength
