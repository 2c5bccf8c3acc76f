import { type Shape, sizeOf } from '../../ir/aval.js'
import { allocate, byteSize, type TypedArray } from '../../ir/dtype.js'
import type { Expr } from '../../ir/expr.js'
import { loadsOf } from '../../ir/nodes.js'
import type { Kernel, Reduction } from '../../ir/program.js'
import { affine, inOrder, type Traversal } from './affine.js'
import { type BlockProgram, compileBlocks, noSlots } from './expression.js'
import { type Fold, foldOf } from './fold.js'
import { blockSize, type Lane, laneOf } from './lane.js'

/** A compiled step of a program. */
export type CompiledStep = (buffers: readonly TypedArray[]) => void

/** A loop nest: its points one block after the other, and at each point, where there is one, a reduction. */
export const compileKernel = (kernel: Kernel): CompiledStep => {
  const values = kernel.outputs.map((o) => o.value)
  const targets = kernel.outputs.map((o) => o.buffer)
  const points = inOrder(kernel.space)
  if (kernel.reduction) {
    const reduced = kernel.reduction.init.map(({ dtype }) => laneOf(allocate(dtype, blockSize)))
    const outputs = compileBlocks(values, points, { acc: reduced, elem: [] }, targets)
    return compileReduction(kernel.space, kernel.reduction, reduced, outputs)
  }
  const size = sizeOf(kernel.space)
  const outputs = compileBlocks(values, points, noSlots, targets)
  return (buffers) => {
    for (let start = 0; start < size; start += blockSize) {
      outputs.run(buffers, start, Math.min(blockSize, size - start))
    }
    outputs.release()
  }
}

/** Reduces the elements at one chunk of a nest's points, `first … first + width − 1`. */
type ChunkReduction = (buffers: readonly TypedArray[], first: number, width: number) => void

const compileReduction = (
  space: Shape,
  reduction: Reduction,
  reduced: readonly Lane[],
  outputs: BlockProgram,
): CompiledStep => {
  const size = sizeOf(space)
  const nest = inOrder([...space, ...reduction.extents])
  const rowwise = nest
  const columnwise = rotate(nest, space.length)
  const isColumnwise =
    size > 0 && readCost(reduction.element, columnwise) < readCost(reduction.element, rowwise)
  const elements = compileBlocks(reduction.element, isColumnwise ? columnwise : rowwise)
  const fold = foldOf(reduction, elements.results)
  const reduceChunk = (isColumnwise ? alongColumns : alongRows)(
    size,
    sizeOf(reduction.extents),
    elements,
    fold,
    reduced,
  )
  return (buffers) => {
    for (let first = 0; first < size; first += blockSize) {
      const width = Math.min(blockSize, size - first)
      reduceChunk(buffers, first, width)
      outputs.run(buffers, first, width)
    }
    elements.release()
    outputs.release()
  }
}

/** The traversal with its first `count` axes innermost. */
const rotate = ({ extents, axes }: Traversal, count: number): Traversal => ({
  extents: [...extents.slice(count), ...extents.slice(0, count)],
  axes: [...axes.slice(count), ...axes.slice(0, count)],
})

/**
 * About the cost of some expressions' loads at a point, in loads from the first cache: a row costs
 * something to begin, and a stride beyond a cache line a line an element.
 */
const readCost = (roots: readonly Expr[], points: Traversal): number =>
  loadsOf(roots).reduce((cost, load) => {
    const view = affine(load.view, points)
    const last = view.extents.length - 1
    const bytes = Math.abs(view.strides[last]) * byteSize(load.dtype)
    return cost + 1 + Math.min(bytes, 64) / 16 + 8 / view.extents[last]
  }, 0)

/**
 * The reduced axes innermost: the elements of one output lie next to each other, and a block holds those of
 * several outputs, or a part of one's.
 */
const alongRows =
  (
    _size: number,
    length: number,
    elements: BlockProgram,
    fold: Fold,
    reduced: readonly Lane[],
  ): ChunkReduction =>
  (buffers, first, width) => {
    const together = Math.max(1, Math.floor(blockSize / Math.max(1, length)))
    for (let i = 0; i < width; i += together) {
      const outputs = Math.min(together, width - i)
      const start = (first + i) * length
      fold.begin(outputs)
      for (let done = 0; done < outputs * length; done += blockSize) {
        const count = Math.min(blockSize, outputs * length - done)
        elements.run(buffers, start + done, count)
        fold.join(outputs, count / outputs, 1)
      }
      fold.finish(reduced, i)
    }
  }

/**
 * The reduced axes outermost: elements of neighbouring outputs lie next to each other, and rows of them
 * join the running values; a block holds several whole rows, or the chunk's part of one.
 */
const alongColumns =
  (
    size: number,
    length: number,
    elements: BlockProgram,
    fold: Fold,
    reduced: readonly Lane[],
  ): ChunkReduction =>
  (buffers, first, width) => {
    const together = width === size ? Math.floor(blockSize / size) : 1
    fold.begin(width)
    for (let row = 0; row < length; row += together) {
      const rows = Math.min(together, length - row)
      elements.run(buffers, row * size + first, rows * width)
      fold.join(1, rows, width)
    }
    fold.finish(reduced, 0)
  }
