import { sizeOf } from './aval.js'
import type { BufferId, Expr, Load } from './expr.js'
import { nodesOf } from './nodes.js'
import { scalarFunctions } from './scalarFunctions.js'

/** The costs of a backend's work, so that kernels are cut where it is cheap. */
export type Costs = {
  /** Scalar operations in the time of a byte's way to or from memory. */
  readonly flopsPerByte: number
  /** Bytes that go to or from memory in the time that it takes to start a kernel. */
  readonly dispatchBytes: number
  /** The most buffers that a kernel reads. */
  readonly inputs: number
  /** The most buffers that a kernel writes. */
  readonly outputs: number
  /** Scalar operations in the time of an exponential. */
  readonly exponential: number
}

/** A processor with caches. */
export const cpuCosts: Costs = {
  flopsPerByte: 2,
  dispatchBytes: 8192,
  inputs: 24,
  outputs: 12,
  exponential: 10,
}

/** The size of expressions at one point; a node met twice counts once. */
export type Size = {
  readonly flops: number
  readonly nodes: number
  /** Bytes loaded from memory. */
  readonly bytes: number
  readonly buffers: ReadonlySet<BufferId>
}

/** Bytes that a load moves at each point; an element that neighbouring points share counts once. */
const bytesLoaded = ({ view, dynamic }: Load): number => {
  if (dynamic.length > 0) return 4
  const repeated = view.shape.filter((_, axis) => view.strides[axis] === 0)
  return 4 / Math.max(1, sizeOf(repeated))
}

/** The size of all roots together; an exponential, or a function as slow, counts as several operations. */
export const sizeOfExprs = (roots: readonly Expr[], exponential = cpuCosts.exponential): Size => {
  const nodes = nodesOf(roots)
  const buffers = new Set<BufferId>()
  let flops = 0
  let bytes = 0
  for (const e of nodes) {
    if (e.op === 'load') {
      buffers.add(e.buffer)
      bytes += bytesLoaded(e)
    } else if (e.op === 'apply') flops += scalarFunctions[e.fn].slow ? exponential : 1
  }
  return { flops, nodes: nodes.size, bytes, buffers }
}

/** The cost, in bytes moved, of computing a value at `points` points. */
export const computing = (size: Size, points: number, costs: Costs): number =>
  points * (size.flops / costs.flopsPerByte + size.bytes)

/**
 * Whether a value of `points` elements, used `uses` times at `usedPoints` points in all, is better computed each time
 * than written to memory once and read back.
 */
export const isCheap = (
  value: Size,
  points: number,
  uses: number,
  usedPoints: number,
  costs: Costs,
): boolean => {
  const again = computing(value, usedPoints, costs)
  const kept = computing(value, points, costs) + costs.dispatchBytes + 4 * points + 4 * points * uses
  return again <= kept
}

/** An expression longer than this is cut: compilers of kernels take long over them. */
export const mostNodes = 300
