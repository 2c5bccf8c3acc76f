import { sizeOf } from '../../../ir/aval.js'
import { sizeOfExprs } from '../../../ir/costs.js'
import type { Kernel } from '../../../ir/program.js'
import type { Frame, Moving } from './frame.js'

/** A loop: over a whole axis, over its blocks of `step`, or (`isWithinBlock`) over one of those. */
export type LoopSpec = { readonly axis: number; readonly step: number; readonly isWithinBlock: boolean }

export type LoopOrder = {
  /** From the outermost to the innermost. */
  readonly loops: readonly LoopSpec[]
  /** The axis along which points share registers; −1: there is no axis. */
  readonly vectorAxis: number
  /** Registers (of four points) that are computed side by side. */
  readonly width: number
}

/** Extents of a transposition's tiles, on the vectors' axis and on the other: cache lines and pages are used before they are gone. */
const [tile, strip] = [32, 16]

/** Terms that one running sum takes before it is added to a float64 one. */
const shortSum = 32

const plain = (axis: number): LoopSpec => ({ axis, step: 1, isWithinBlock: false })

/** About the cost of one element at a stride in bytes, in loads of a whole register. */
const strideCost = (stride: number, bytes: number): number => {
  if (stride === 0) return 0
  if (stride === bytes) return 1
  return 4 + Math.min(Math.abs(stride), 64) / 16
}

const cost = (frame: Frame, axis: number, flops: number, slots: number): number => {
  const { extent, isReduced } = frame.axes[axis]
  let memory = 0
  for (const [load, { address }] of frame.loads) {
    memory += strideCost(address.coefs[axis], load.dtype === 'float64' ? 8 : load.dtype === 'bool' ? 1 : 4)
    if (load.dynamic.length > 0) memory += 2
  }
  if (slots === 0) for (const { coefs } of frame.outputs) memory += coefs[axis] <= 8 ? 1 : 6
  const idle = extent < 4 ? 4 : extent < 16 ? 1.5 : 1
  const ending = isReduced ? (12 * (slots + 1)) / extent : 0
  return (memory + flops / 4) * idle + ending
}

const stepsBy = (moving: Moving, axis: number, bytes: number): boolean =>
  Math.abs(moving.coefs[axis]) === bytes

/** An axis that a load runs through element by element, while along the vectors' axis it jumps. */
const crossing = (frame: Frame, vectorAxis: number): number | null => {
  if (frame.axes[vectorAxis].extent <= tile) return null
  for (const [load, { address }] of frame.loads) {
    const bytes = load.dtype === 'float64' ? 8 : load.dtype === 'bool' ? 1 : 4
    if (Math.abs(address.coefs[vectorAxis]) < 64) continue
    const across = frame.axes.findIndex(
      (a, i) => i !== vectorAxis && a.extent >= 8 && stepsBy(address, i, bytes),
    )
    if (across >= 0) return across
  }
  return null
}

const widthOf = (kernel: Kernel, flops: number, extent: number): number => {
  const most = kernel.reduction === null ? 4 : 8
  const wide = flops <= 12 ? most : flops <= 150 ? 4 : flops <= 400 ? 2 : 1
  let width = wide
  while (width > 1 && width * 4 > extent) width /= 2
  return width
}

/** The order of loops, by the strides of loads and outputs. */
export const loopOrder = (kernel: Kernel, frame: Frame): LoopOrder => {
  const { reduction } = kernel
  const slots = reduction?.init.length ?? 0
  const roots = [
    ...(reduction === null
      ? kernel.outputs.map((o) => o.value)
      : [...reduction.element, ...reduction.combine]),
  ]
  const { flops } = sizeOfExprs(roots)
  if (frame.axes.length === 0) return { loops: [], vectorAxis: -1, width: 0 }
  const costs = frame.axes.map((_, axis) => cost(frame, axis, flops, slots))
  const vectorAxis = costs.lastIndexOf(Math.min(...costs))
  const { extent, isReduced } = frame.axes[vectorAxis]
  const width = widthOf(kernel, flops, extent)
  const all = frame.axes.map((_, axis) => axis)
  const others = all.filter((axis) => axis !== vectorAxis)
  const isSummed = reduction !== null && sumsInBlocks(kernel)
  if (reduction === null) {
    const across = crossing(frame, vectorAxis)
    if (across === null) return { loops: [...others, vectorAxis].map(plain), vectorAxis, width }
    const rest = others.filter((axis) => axis !== across).map(plain)
    const tiles = [
      { axis: across, step: strip, isWithinBlock: false },
      { axis: vectorAxis, step: tile, isWithinBlock: false },
      { axis: across, step: 1, isWithinBlock: true },
      { axis: vectorAxis, step: 1, isWithinBlock: true },
    ]
    return { loops: [...rest, ...tiles], vectorAxis, width }
  }
  const space = others.filter((axis) => !frame.axes[axis].isReduced).map(plain)
  const reduced = others.filter((axis) => frame.axes[axis].isReduced)
  if (isReduced) {
    const step = shortSum * 4 * Math.max(1, width)
    const inner = isSummed && extent > step ? blocked(vectorAxis, step) : [plain(vectorAxis)]
    return { loops: [...space, ...reduced.map(plain), ...inner], vectorAxis, width }
  }
  const last = reduced.at(-1)
  const columns =
    isSummed && last !== undefined && frame.axes[last].extent > shortSum
      ? [...reduced.slice(0, -1).map(plain), ...blocked(last, shortSum)]
      : reduced.map(plain)
  return { loops: [...space, plain(vectorAxis), ...columns], vectorAxis, width }
}

const blocked = (axis: number, step: number): readonly LoopSpec[] => [
  { axis, step, isWithinBlock: false },
  { axis, step: 1, isWithinBlock: true },
]

/** Whether sums of floats are added up block by block, in float64: where there are many terms. */
export const sumsInBlocks = ({ reduction }: Kernel): boolean =>
  reduction !== null && sizeOf(reduction.extents) > 2 * shortSum
