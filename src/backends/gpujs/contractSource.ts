import { type Shape, sizeOf } from '../../ir/aval.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { type Contract, spaceOf } from '../../ir/program.js'
import { moveAxes, padView, reshapeView, type View } from '../../ir/view.js'
import { Arguments, ExpressionSource } from './expressionSource.js'
import { functionSource, type KernelSource, mapSource } from './kernelSource.js'
import { textureSize } from './layout.js'
import { component, consecutivePoints, insideOf, ownTexel } from './points.js'
import {
  accumulating,
  type ContractSources,
  leftOperand,
  productSize,
  rightOperand,
  roundUp,
  rowsPerThread,
  sums,
} from './product.js'
import { windowSources } from './windowSource.js'

/** The load of an operand as a matrix `[batch, rows, columns]`, its columns filled up to a multiple of four with zeros. */
const paddedMatrix = (
  load: Load,
  groups: readonly [Shape, Shape, Shape],
  order: readonly [number, number],
): Load => {
  const [batch, rows] = groups
  const { view } = load
  const at = (group: number): readonly number[] => {
    const firsts = [0, batch.length, batch.length + rows.length]
    return groups[group].map((_, i) => firsts[group] + i)
  }
  const [second, third] = order
  const axes = [...at(0), ...at(second), ...at(third)]
  const shape = axes.map((a) => view.shape[a])
  const moved = moveAxes(
    view,
    shape,
    view.shape.map((_, a) => ({ axis: axes.indexOf(a), offset: 0, step: 1 })),
  )
  // the last axis alone is filled: within a group of several, the last of them
  const pad = shape.map((d, i) => (i === shape.length - 1 ? roundUp(d, 4) - d : 0))
  return { ...load, fill: load.fill, view: pad.some((p) => p > 0) ? filled(moved, pad) : moved, dynamic: [] }
}

const filled = (view: View, high: readonly number[]): View =>
  padView(
    view,
    high.map(() => 0),
    high,
  )

/** Whether the elements lie densely, in the order of the view. */
const inPlace = (view: View, size: number): boolean => {
  if (view.guards.length > 0 || view.offset !== 0) return false
  const flat = reshapeView(view, [size])
  return flat !== null && (size === 1 || flat.strides[0] === 1)
}

/**
 * Operands are read as `[batch, m, k]` and `[batch, k, n]`, with k and n multiples of four; windows, where they lie.
 */
export const contractSources = (step: Contract, lengthOf: (b: BufferId) => number): ContractSources => {
  const isMatrix =
    step.rhs.view.guards.length === 0 && flattened(step.rhs, [step.batch, step.n, step.k]) !== null
  const windows = isMatrix ? null : windowSources(step)
  if (windows !== null) return windows
  const { batch, m, n, k } = step
  const [batches, rows, columns, inner] = [batch, m, n, k].map(sizeOf)
  // groups of several axes are one axis by the time that they are filled up
  const side = (load: Load, own: Shape, order: readonly [number, number]) => {
    const flat = flattened(load, [batch, own, k])
    const shape = [sizeOf(batch), sizeOf(own), sizeOf(k)]
    const groups: readonly [Shape, Shape, Shape] = [[shape[0]], [shape[1]], [shape[2]]]
    if (flat === null) return packedByParts(load, [batch, own, k], order)
    const matrix = paddedMatrix(flat, groups, order)
    const elements = sizeOf(matrix.view.shape)
    const direct = inPlace(matrix.view, elements) && lengthOf(load.buffer) === elements
    return { elements, pack: direct ? null : mapSource(matrix.view.shape, [matrix]) }
  }
  const a = side(step.lhs, m, [1, 2])
  const b = side(step.rhs, n, [2, 1])
  const [innerTexels, columnTexels] = [Math.ceil(inner / 4), Math.ceil(columns / 4)]
  const blocks = Math.ceil(rows / rowsPerThread)
  const size = productSize(columnTexels, batches * blocks)
  return {
    packs: [a.pack, b.pack],
    elements: [a.elements, b.elements],
    size,
    product: productSource({ batches, rows, innerTexels, inner, columnTexels, blocks }, size),
    outputs: (first) => outputsSource(step, first, columnTexels, blocks, rows, columns),
  }
}

type Extents = {
  readonly batches: number
  readonly rows: number
  readonly inner: number
  readonly innerTexels: number
  readonly columnTexels: number
  readonly blocks: number
}

const productSource = (
  { batches, rows, inner, innerTexels, columnTexels, blocks }: Extents,
  size: KernelSource['size'],
): KernelSource => {
  const texel = `(${ownTexel(size.width)})`
  const isRow = size.width === columnTexels
  const column = isRow ? 'this.thread.x' : `imod(${texel},${columnTexels})`
  const line = isRow ? 'this.thread.y' : `idiv(${texel},${columnTexels})`
  const block = component(line, 1, blocks, batches === 1)
  const batch = component(line, blocks, batches, true)
  const whole = rows % rowsPerThread === 0
  const row = (i: number): string => {
    const at = `${block}*${rowsPerThread}+${i}`
    return whole ? at : `imin(${at},${rows - 1})`
  }
  const leftAt = (i: number) =>
    `b0[0][${batches === 1 ? '' : `${batch}*${rows * innerTexels}+`}(${row(i)})*${innerTexels}+q]`
  const rightAt = (l: number) =>
    `b1[0][${batches === 1 ? '' : `${batch}*${inner * columnTexels}+`}(q*4+${l})*${columnTexels}+${column}]`
  // past the end there are zeros on the left, and on the right numbers that must not be infinite
  const right = (l: number) =>
    inner % 4 === 0 ? rightAt(l) : `select4(splat4(inside(q*4+${l}, ${inner})), ${rightAt(l)}, splat4(0.0))`
  const lines = [
    ...sums.map((s) => `let ${s} = splat4(0.0);`),
    `for (let q = 0; q < ${innerTexels}; q++) {`,
    ...accumulating(leftAt, right),
    '}',
  ]
  const args = new Arguments()
  args.name(leftOperand)
  args.name(rightOperand)
  return {
    source: functionSource(args, lines, sums),
    args: args.used,
    outputs: rowsPerThread,
    size,
  }
}

/** The outputs' expressions, with the sums read from the product's textures. */
const outputsSource = (
  step: Contract,
  first: BufferId,
  columnTexels: number,
  blocks: number,
  rows: number,
  columns: number,
): KernelSource => {
  const space = spaceOf(step)
  const size = textureSize(sizeOf(space))
  const args = new Arguments()
  const texel = `(${ownTexel(size.width)})`
  const lines: string[] = []
  const names = Array.from({ length: rowsPerThread }, (_, i) => args.name(first + i))
  const choose = (row: string, at: string, lane: string | null): string => {
    const which = `imod(${row},${rowsPerThread})`
    const read = names.map((name) => `${name}[0][${at}]`)
    return lane === null
      ? `chosen4(${which}, ${read.join(', ')})`
      : `pick(chosen4(${which}, ${read.join(', ')}), ${lane})`
  }
  /** The place of a row's texel in its texture. */
  const place = (row: string, column: string): string =>
    `(idiv(${row},${rows})*${blocks}+idiv(imod(${row},${rows}),${rowsPerThread}))*${columnTexels}+${column}`
  const inBatch = (row: string) => `imod(${row},${rows})`
  if (columns % 4 === 0) {
    const row = columnTexels === 1 ? texel : `idiv(${texel},${columnTexels})`
    const column = columnTexels === 1 ? '0' : `imod(${texel},${columnTexels})`
    lines.push(`const sum = ${choose(inBatch(row), place(row, column), null)};`)
  } else {
    const lanes = [0, 1, 2, 3].map((l) => {
      const element = `(${texel}*4+${l})`
      const row = `idiv(${element},${columns})`
      const column = `imod(${element},${columns})`
      return choose(inBatch(row), place(row, `idiv(${column},4)`), `imod(${column},4)`)
    })
    lanes.forEach((value, l) => {
      lines.push(`const lane${l} = ${value};`)
    })
    lines.push('const sum = lanes4(lane0, lane1, lane2, lane3);')
  }
  const printed = new ExpressionSource(
    consecutivePoints(space, ownTexel(size.width)),
    args,
    { acc: ['sum'], elem: [] },
    'v',
  )
  const values = step.outputs.map((o: { readonly value: Expr }) => printed.print(o.value))
  return {
    source: functionSource(args, [...lines, ...printed.lines], values),
    args: args.used,
    outputs: values.length,
    size,
  }
}

/** The load with each group of axes as one, or `null` where no strides express it. */
const flattened = (load: Load, groups: readonly [Shape, Shape, Shape]): Load | null => {
  const view = load.dynamic.length > 0 ? null : reshapeView(load.view, groups.map(sizeOf))
  return view === null ? null : { ...load, view }
}

/** A copy with each group's axes in order, k or n filled up along its last axis by reading zeros past its end. */
const packedByParts = (
  load: Load,
  groups: readonly [Shape, Shape, Shape],
  order: readonly [number, number],
): { readonly elements: number; readonly pack: KernelSource } => {
  const [batch, own] = groups
  const firsts = [0, batch.length, batch.length + own.length]
  const sizes = groups.map(sizeOf)
  const [second, third] = order
  const filledTo = roundUp(sizes[third], 4)
  const space = [sizes[0], sizes[second], filledTo]
  const size = textureSize(sizeOf(space))
  const args = new Arguments()
  const outer = consecutivePoints(space, ownTexel(size.width))
  // an axis of a group is a component of the group's index
  const points = {
    extents: load.view.shape,
    index: (axis: number, lane: number): string => {
      const group = axis < firsts[1] ? 0 : axis < firsts[2] ? 1 : 2
      const place = group === 0 ? 0 : group === second ? 1 : 2
      const along = outer.index(place, lane)
      const stride = sizeOf(groups[group].slice(axis - firsts[group] + 1))
      const quotient = stride === 1 ? `(${along})` : `idiv(${along},${stride})`
      return axis === firsts[group] ? quotient : `imod(${quotient},${groups[group][axis - firsts[group]]})`
    },
    vectorAxis: null,
    isShared: () => false,
    vectorTexel: '0',
  }
  const printed = new ExpressionSource(points, args, { acc: [], elem: [] }, 'v')
  const value = printed.print(load)
  const inside = [0, 1, 2, 3].map((l) => insideOf(outer.index(2, l), sizes[third])).join(', ')
  const lines =
    filledTo === sizes[third] ? [] : [`const kept = select4(lanes4(${inside}), ${value}, splat4(0.0));`]
  const name = lines.length === 0 ? value : 'kept'
  return {
    elements: sizeOf(space),
    pack: {
      source: functionSource(args, [...printed.lines, ...lines], [name]),
      args: args.used,
      outputs: 1,
      size,
    },
  }
}
