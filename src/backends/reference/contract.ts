import { type Shape, sizeOf } from '../../ir/aval.js'
import { allocate, type TypedArray } from '../../ir/dtype.js'
import type { Load } from '../../ir/expr.js'
import { type Contract, spaceOf } from '../../ir/program.js'
import { type Affine, affine, inOrder } from './affine.js'
import { compileBlocks } from './expression.js'
import { blockSize, laneOf } from './lane.js'
import type { CompiledStep } from './loopNest.js'
import { RowCursor } from './rows.js'
import { type Panel, panelProduct } from './tiles.js'

/** Gives rows `first … first + count − 1` of an operand's matrix of one batch. */
type PanelSource = (buffers: readonly TypedArray[], batch: number, first: number, count: number) => Panel

/** About how many elements of an operand are copied at a time. */
const panelElements = 2 ** 18

/** A contraction, and then the outputs' expressions at each of its points. */
export const compileContract = (contract: Contract): CompiledStep => {
  const { outputs, lhs } = contract
  const [{ buffer, value }] = outputs
  if (outputs.length === 1 && value.op === 'acc') {
    const multiply = compileProduct(contract)
    return (buffers) => multiply(buffers, buffers[buffer])
  }
  const space = spaceOf(contract)
  const size = sizeOf(space)
  const products = allocate(lhs.dtype, size)
  const multiply = compileProduct(contract)
  const lane = laneOf(products)
  const rest = compileBlocks(
    outputs.map((o) => o.value),
    inOrder(space),
    { acc: [lane], elem: [] },
    outputs.map((o) => o.buffer),
  )
  return (buffers) => {
    multiply(buffers, products)
    for (let start = 0; start < size; start += blockSize) {
      lane.at = start
      rest.run(buffers, start, Math.min(blockSize, size - start))
    }
    rest.release()
  }
}

/**
 * A batch of products of matrices `[m, k]·[n, k]ᵀ`, each operand read where it is if its rows are
 * consecutive elements, and otherwise, a panel of rows at a time, from a copy. Float32 products are
 * summed in float64 and rounded once.
 */
const compileProduct = ({
  batch,
  m,
  n,
  k,
  lhs,
  rhs,
}: Contract): ((buffers: readonly TypedArray[], into: TypedArray) => void) => {
  const [batches, rows, columns, length] = [batch, m, n, k].map(sizeOf)
  const panelRows = Math.max(16, Math.min(64, Math.floor(panelElements / Math.max(1, length)) & ~3))
  const left = panelSource(lhs, batch, m, k, Math.min(panelRows, rows))
  const right = panelSource(rhs, batch, n, k, Math.min(panelRows, columns))
  const multiply = panelProduct(lhs.dtype)
  return (buffers, into) => {
    for (let at = 0; at < batches; at++) {
      for (let j = 0; j < columns; j += panelRows) {
        const width = Math.min(panelRows, columns - j)
        const b = right(buffers, at, j, width)
        for (let i = 0; i < rows; i += panelRows) {
          const height = Math.min(panelRows, rows - i)
          const a = left(buffers, at, i, height)
          multiply(a, height, b, width, length, into, (at * rows + i) * columns + j, columns)
        }
      }
    }
  }
}

const panelSource = (load: Load, batch: Shape, rows: Shape, along: Shape, panelRows: number): PanelSource => {
  const { view } = load
  const part = (extents: Shape, from: number, offset: number): Affine =>
    affine({ ...view, offset, strides: view.strides.slice(from), guards: [] }, inOrder(extents))
  const batches = part(batch, 0, view.offset)
  const row = part(rows, batch.length, 0)
  const element = part(along, batch.length + rows.length, 0)
  const { guards } = affine(view, inOrder([...batch, ...rows, ...along]))
  const isRow = element.extents.length === 1 && (element.strides[0] === 1 || element.extents[0] === 1)
  return isRow && row.extents.length === 1 && guards.length === 0 && load.dynamic.length === 0
    ? inPlace(load, batches, row.strides[0])
    : copied(load, batch, rows, along, panelRows)
}

const inPlace = (load: Load, batches: Affine, pitch: number): PanelSource => {
  // The cursor steps through rows, which are here the batches: each a row of one element.
  const cursor = new RowCursor({
    ...batches,
    extents: [...batches.extents, 1],
    strides: [...batches.strides, 0],
  })
  return (buffers, batch, first) => {
    cursor.seek(batch)
    return { data: buffers[load.buffer], at: cursor.values[0] + first * pitch, pitch }
  }
}

const copied = (load: Load, batch: Shape, rows: Shape, along: Shape, panelRows: number): PanelSource => {
  const length = sizeOf(along)
  const height = sizeOf(rows)
  const elements = compileBlocks([load], inOrder([...batch, ...rows, ...along]))
  const [lane] = elements.results
  const data = allocate(load.dtype, panelRows * length)
  return (buffers, at, first, count) => {
    const start = (at * height + first) * length
    for (let done = 0; done < count * length; done += blockSize) {
      const block = Math.min(blockSize, count * length - done)
      elements.run(buffers, start + done, block)
      data.set(lane.data.subarray(lane.at, lane.at + block), done)
    }
    elements.release()
    return { data, at: 0, pitch: length }
  }
}
