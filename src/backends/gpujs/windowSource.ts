import { sizeOf } from '../../ir/aval.js'
import type { BufferId, Load } from '../../ir/expr.js'
import { type Contract, spaceOf } from '../../ir/program.js'
import { denseStrides, padView, type View } from '../../ir/view.js'
import { Arguments, asNumber, ExpressionSource } from './expressionSource.js'
import { functionSource, type KernelSource, mapSource } from './kernelSource.js'
import { textureSize } from './layout.js'
import { exact } from './placement.js'
import { component, consecutivePoints, ownTexel, plus, times } from './points.js'
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
import { type Coordinate, coordinatesOf } from './windows.js'

/** Threads that a product should have, for devices with many units. */
const manyThreads = 8192

/**
 * A convolution without a copy for each place of its windows: the pixels are copied once, padded, with the channels of
 * each together, and read where the windows lie. A thread makes eight places by four columns of the other operand.
 * `null` where the right operand is no such windows.
 */
export const windowSources = (step: Contract): ContractSources | null => {
  const plan = planOf(step)
  if (plan === null) return null
  const { pixels, weights, columns, texels, blocks } = plan
  const size = productSize(texels, plan.splits * sizeOf(step.batch) * blocks)
  return {
    packs: [mapSource(weights.view.shape, [weights]), mapSource(pixels.view.shape, [pixels])],
    elements: [sizeOf(weights.view.shape), sizeOf(pixels.view.shape)],
    size,
    product: productSource(step, plan, size),
    outputs: (first) => outputsSource(step, plan, first, columns),
  }
}

type Plan = {
  /** The copy of the right operand: its coordinates, the channels last. */
  readonly pixels: Load
  readonly coordinates: readonly Coordinate[]
  /** The copy of the left operand: `[...batch axes it depends on, ...inner axes, channels, columns]`. */
  readonly weights: Load
  readonly batchAxes: readonly number[]
  /** The inner axis of the channels, in the nest's numbers, and those around it. */
  readonly channel: number
  readonly around: readonly number[]
  readonly columns: number
  readonly texels: number
  readonly blocks: number
  /** Parts that the first of the axes around the channels is summed in. */
  readonly splits: number
}

const planOf = (step: Contract): Plan | null => {
  const { batch, m, n, k, lhs, rhs } = step
  const rows = sizeOf(n)
  if (rows % 4 !== 0 || m.length !== 1 || rhs.fill !== 0 || lhs.view.guards.length > 0) return null
  if (lhs.dynamic.length + rhs.dynamic.length > 0) return null
  const found = coordinatesOf(rhs.view)
  if (found === null) return null
  const inner = k.map((_, i) => batch.length + n.length + i)
  const extents = rhs.view.shape
  // an axis that is a coordinate by itself
  const alone = (axis: number) =>
    found.find((c) => c.size === null && c.steps.every((s, a) => (a === axis ? s === 1 : s === 0)))
  const channel = inner
    .filter((axis) => alone(axis) !== undefined && roundUp(extents[axis], 4) < 1.5 * extents[axis])
    .sort((a, b) => Math.sign((extents[a] % 4) - (extents[b] % 4)) || extents[b] - extents[a])[0]
  const channels = channel === undefined ? undefined : alone(channel)
  if (channels === undefined) return null
  const around = inner.filter((axis) => axis !== channel)
  const coordinates = [...found.filter((c) => c !== channels), channels]
  const pixels = pixelsOf(rhs, coordinates)
  // addresses are kept as floats
  if (sizeOf(pixels.view.shape) / 4 >= exact) return null
  const texels = Math.ceil(m[0] / 4)
  const blocks = Math.ceil(rows / rowsPerThread)
  const parts = around.length === 0 ? 1 : extents[around[0]]
  const wanted = manyThreads / (sizeOf(batch) * texels * blocks)
  const divisors = Array.from({ length: parts }, (_, i) => i + 1).filter((d) => parts % d === 0)
  const batchAxes = batch.flatMap((d, i) => (d > 1 && lhs.view.strides[i] !== 0 ? [i] : []))
  return {
    pixels,
    coordinates,
    weights: weightsOf(step, batchAxes, around, channel),
    batchAxes,
    channel,
    around,
    columns: m[0],
    texels,
    blocks,
    splits: divisors.filter((d) => d <= Math.max(1, wanted)).at(-1) ?? 1,
  }
}

/** The view with its last axes filled up to multiples of four by zeros. */
const filledUp = (view: View, last: number): View => {
  const { shape } = view
  const high = shape.map((d, i) => (i >= shape.length - last ? roundUp(d, 4) - d : 0))
  if (high.every((p) => p === 0)) return view
  return padView(
    view,
    high.map(() => 0),
    high,
  )
}

const pixelsOf = (load: Load, coordinates: readonly Coordinate[]): Load => {
  const shift = coordinates.reduce((sum, c) => sum + c.stride * (c.least - c.origin), 0)
  const view: View = {
    shape: coordinates.map((c) => c.extent),
    offset: load.view.offset + shift,
    strides: coordinates.map((c) => c.stride),
    guards: coordinates.flatMap(({ least, size }, j) =>
      size === null ? [] : [{ offset: least, coefs: coordinates.map((_, i) => (i === j ? 1 : 0)), size }],
    ),
  }
  return { ...load, view: filledUp(view, 1) }
}

const weightsOf = (
  { batch, n, lhs }: Contract,
  batchAxes: readonly number[],
  around: readonly number[],
  channel: number,
): Load => {
  // the left operand has m where the right one has n
  const own = (axis: number) => axis - n.length + 1
  const axes = [...batchAxes, ...around.map(own), own(channel), batch.length]
  const view: View = {
    shape: axes.map((a) => lhs.view.shape[a]),
    offset: lhs.view.offset,
    strides: axes.map((a) => lhs.view.strides[a]),
    guards: [],
  }
  return { ...lhs, view: filledUp(view, 2) }
}

const productSource = (step: Contract, plan: Plan, size: KernelSource['size']): KernelSource => {
  const { batch, n, rhs } = step
  const { coordinates, around, texels, blocks, splits, batchAxes } = plan
  const extents = rhs.view.shape
  const texel = `(${ownTexel(size.width)})`
  const column = texels === 1 ? '0' : size.width === texels ? 'this.thread.x' : `imod(${texel},${texels})`
  const line = texels === 1 ? texel : size.width === texels ? 'this.thread.y' : `(idiv(${texel},${texels}))`
  const batches = sizeOf(batch)
  const block = component(line, 1, blocks, splits * batches === 1)
  const part = splits === 1 ? '0' : component(line, blocks * batches, splits, true)
  const partLength = around.length === 0 ? 1 : extents[around[0]] / splits
  const counter = (axis: number): string => {
    const at = around.indexOf(axis)
    return at === 0 && splits > 1 ? `(${part}*${partLength}+k0)` : `k${at}`
  }
  const batchStrides = denseStrides(batch)
  const batchIndex = (axis: number): string =>
    component(line, blocks * batchStrides[axis], batch[axis], axis === 0 && splits === 1)
  const rowStrides = denseStrides(n)
  // eight rows on one line of the last axis differ by their number alone
  const onLine = n[n.length - 1] % rowsPerThread === 0
  const index = (axis: number, i: number): string => {
    if (axis < batch.length) return batchIndex(axis)
    if (axis >= batch.length + n.length) return counter(axis)
    const own = axis - batch.length
    const row = onLine ? `(${block}*${rowsPerThread})` : `(${block}*${rowsPerThread}+${i})`
    const place = component(row, rowStrides[own], n[own], own === 0)
    return place
  }
  const pixelStrides = denseStrides(plan.pixels.view.shape)
  /** Where a row's pixels begin; the place within windows is added to it. */
  const rowStart = (i: number): string => {
    const outer = (axis: number) => axis < batch.length + n.length
    const terms = coordinates
      .slice(0, -1)
      .flatMap(({ steps, origin, least }, j) => [
        String(((origin - least) * pixelStrides[j]) / 4),
        ...stepsOf(steps, outer, (axis) => index(axis, i), pixelStrides[j] / 4),
      ])
    return plus(terms)
  }
  const withinWindow = plus(
    coordinates.slice(0, -1).flatMap(({ steps }, j) => {
      const isInner = (axis: number) => axis >= batch.length + n.length
      return stepsOf(steps, isInner, counter, pixelStrides[j] / 4)
    }),
  )
  const rowStep = onLine ? innermostStep(coordinates, batch.length + n.length - 1, pixelStrides) : 0
  const weightShape = plan.weights.view.shape
  const weightStrides = denseStrides(weightShape)
  const channelAxis = weightShape.length - 2
  const weightStart = plus([
    ...batchAxes.map((axis, j) => times(batchIndex(axis), weightStrides[j] / 4)),
    column,
  ])
  const weightStep = plus(
    around.map((axis, j) =>
      extents[axis] === 1 ? '0' : times(counter(axis), weightStrides[batchAxes.length + j] / 4),
    ),
  )
  const starts = onLine ? [0] : sums.map((_, i) => i)
  const left = (i: number) => `b0[0][${plus([`asIndex(p${onLine ? 0 : i})`, String(i * rowStep), 'q'])}]`
  const right = (l: number) => `b1[0][asIndex(w)+(q*4+${l})*${texels}]`
  const loops = around.map((axis, j) => {
    const length = j === 0 ? partLength : extents[axis]
    return `for (let k${j} = 0; k${j} < ${length}; k${j}++) {`
  })
  const args = new Arguments()
  args.name(rightOperand)
  args.name(leftOperand)
  const lines = [
    ...sums.map((s) => `let ${s} = splat4(0.0);`),
    // compilers leave in a loop expressions that depend on nothing in it
    ...starts.map((i) => `const row${i} = ${asNumber(rowStart(i))};`),
    `const column = ${asNumber(weightStart)};`,
    ...loops,
    ...starts.map((i) => `const p${i} = row${i} + ${asNumber(withinWindow)};`),
    `const w = column + ${asNumber(weightStep)};`,
    `for (let q = 0; q < ${weightShape[channelAxis] / 4}; q++) {`,
    ...accumulating(left, right),
    ...loops.map(() => '}'),
    '}',
  ]
  return { source: functionSource(args, lines, sums), args: args.used, outputs: rowsPerThread, size }
}

/** The terms of a coordinate, or an address, for some of the nest's axes. */
const stepsOf = (
  steps: readonly number[],
  isWanted: (axis: number) => boolean,
  index: (axis: number) => string,
  stride: number,
): readonly string[] =>
  steps.flatMap((s, axis) => (s === 0 || !isWanted(axis) ? [] : [times(index(axis), s * stride)]))

/** Texels from a row's pixel to that of the next. */
const innermostStep = (
  coordinates: readonly Coordinate[],
  axis: number,
  strides: readonly number[],
): number => coordinates.reduce((sum, { steps }, j) => sum + (steps[axis] * strides[j]) / 4, 0)

/** The outputs' expressions; four neighbours of the result are rows of the product, each in a texture of its own. */
const outputsSource = (step: Contract, plan: Plan, first: BufferId, columns: number): KernelSource => {
  const { texels, blocks, splits } = plan
  const space = spaceOf(step)
  const batches = sizeOf(step.batch)
  const rowTexels = sizeOf(step.n) / 4
  const size = textureSize(sizeOf(space))
  const args = new Arguments()
  const names = sums.map((_, i) => args.name(first + i))
  const texel = `(${ownTexel(size.width)})`
  const rowTexel = component(texel, 1, rowTexels, batches * columns === 1)
  const column = component(texel, rowTexels, columns, batches === 1)
  const batch = component(texel, rowTexels * columns, batches, true)
  const line = plus([times(batch, blocks), `idiv((${rowTexel}),2)`])
  const place = plus([times(line, texels), column === '0' ? '0' : `idiv(${column},4)`])
  const lane = column === '0' ? '0' : `imod(${column},4)`
  const half = rowTexels === 1 ? '0' : `imod((${rowTexel}),2)`
  const lines = Array.from({ length: splits }, (_, part) => {
    const at = plus([place, String(part * batches * blocks * texels)])
    const read = `laneOf4(${half}, ${lane}, ${names.map((name) => `${name}[0][${at}]`).join(', ')})`
    return part === 0 ? `const sum0 = ${read};` : `const sum${part} = add4(sum${part - 1}, ${read});`
  })
  const printed = new ExpressionSource(
    consecutivePoints(space, ownTexel(size.width)),
    args,
    { acc: [`sum${splits - 1}`], elem: [] },
    'v',
  )
  const values = step.outputs.map((o) => printed.print(o.value))
  return {
    source: functionSource(args, [...lines, ...printed.lines], values),
    args: args.used,
    outputs: values.length,
    size,
  }
}
