import { type Shape, sizeOf } from '../../../ir/aval.js'
import type { DType } from '../../../ir/dtype.js'
import { acc, apply, type BufferId, type Expr, elem } from '../../../ir/expr.js'
import { singleOperation } from '../../../ir/nodes.js'
import type { Kernel, Reduction } from '../../../ir/program.js'
import { movedExpr, rebuilder, reshapedExpr } from '../../../ir/rebuild.js'
import { denseStrides } from '../../../ir/view.js'
import { frameOf } from './frame.js'
import { loopOrder } from './loopOrder.js'

/** A reduction in two kernels: `parts` reduces parts of the elements, each by itself, and `whole` their results. */
export type PartialReduction = { readonly parts: Kernel; readonly whole: Kernel }

/**
 * Divides the first reduced axis of a kernel, which is not shorter than `count` and a multiple of it. The results of
 * the parts, slot k of a part p at the points of the space, are in the buffer `partial(k)` as `[count, ...space]`; sums of
 * float32 parts are added up in float64. `null` where elements depend on indices of the nest, or views have bounds on that axis.
 */
export const partialReduction = (
  kernel: Kernel,
  reduction: Reduction,
  count: number,
  partial: (slot: number) => BufferId,
): PartialReduction | null => {
  const { space } = kernel
  const [first, ...others] = reduction.extents
  const extents = [first / count, ...others]
  const divided = [...space, count, ...extents]
  const nest = [count, ...space, ...extents]
  // [...space, count, ...extents] of the element is [count, ...space, ...extents] of the parts
  const axes = divided.map((_, at) => ({
    axis: at < space.length ? at + 1 : at === space.length ? 0 : at,
    offset: 0,
    step: 1,
  }))
  const element = reduction.element.map((e) => {
    const reshaped = reshapedExpr(e, divided)
    return reshaped === null ? null : movedExpr(reshaped, nest, axes)
  })
  if (!element.every((e) => e !== null)) return null
  const parts: Kernel = {
    ...kernel,
    space: [count, ...space],
    reduction: { ...reduction, extents, element },
    outputs: reduction.init.map(({ dtype }, slot) => ({ buffer: partial(slot), value: acc(slot, dtype) })),
  }
  return { parts, whole: wholeOfParts(kernel, reduction, count, partial) }
}

/** The reduction of `count` parts of a kernel's reduction, which are in the buffers `partial(slot)` as `[count, ...space]`. */
export const wholeOfParts = (
  kernel: Kernel,
  reduction: Reduction,
  count: number,
  partial: (slot: number) => BufferId,
): Kernel => {
  const inFloat64 = reduction.init.map(
    ({ dtype }, slot) => dtype === 'float32' && singleOperation(reduction.combine, slot) === 'add',
  )
  const results = rebuilder((e) =>
    e.op === 'acc' && inFloat64[e.slot] ? apply('convert', [acc(e.slot, 'float64')], 'float32') : undefined,
  ) as (e: Expr) => Expr
  return {
    ...kernel,
    reduction: {
      extents: [count],
      init: reduction.init.map((own, slot) => (inFloat64[slot] ? { ...own, dtype: 'float64' } : own)),
      element: reduction.init.map(({ dtype }, slot) => {
        const load = partOf(partial(slot), dtype, kernel.space, count)
        return inFloat64[slot] ? apply('convert', [load], 'float64') : load
      }),
      combine: reduction.combine.map((e, slot) =>
        inFloat64[slot] ? apply('add', [acc(slot, 'float64'), elem(slot, 'float64')]) : e,
      ),
    },
    outputs: kernel.outputs.map((o) => ({ ...o, value: results(o.value) })),
  }
}

/** Slot of the parts, over `[...space, count]`. */
const partOf = (buffer: BufferId, dtype: DType, space: Shape, count: number): Expr => ({
  op: 'load',
  dtype,
  buffer,
  view: {
    shape: [...space, count],
    offset: 0,
    strides: [...denseStrides(space), sizeOf(space)],
    guards: [],
  },
  fill: 0,
  dynamic: [],
})

/** Parts of a reduction to few points, for threads, and the fewest elements of a part. */
const [mostParts, leastOfPart] = [64, 1 << 15]

/** Rows that are added up at a time where neighbours in memory are not reduced: their pages are at hand all the while. */
const [fewestRows, mostRows] = [16, 32]

/**
 * How many parts a reduction is divided into: to few points, so that threads share it; and over rows of an array, so that memory is
 * read as it lies. 1: none. It does not depend on the number of threads.
 */
export const partsOf = (kernel: Kernel): number => {
  const { reduction } = kernel
  if (reduction === null) return 1
  const [first, ...others] = reduction.extents
  const total = sizeOf(reduction.extents)
  const points = sizeOf(kernel.space)
  if (first === undefined || total * points < 2 * leastOfPart) return 1
  const frame = frameOf(kernel)
  const { vectorAxis } = loopOrder(kernel, frame)
  const isByRows = vectorAxis >= 0 && !frame.axes[vectorAxis].isReduced && sizeOf(others) === 1
  if (isByRows && first >= 2 * mostRows)
    return first / divisorOf(first, mostRows, (rows) => rows >= fewestRows, first)
  if (points >= mostParts) return 1
  const most = Math.min(mostParts, Math.floor((total * points) / leastOfPart))
  return divisorOf(first, most, () => true, 1)
}

/** The greatest divisor of n, of at most `most`, that will do. */
export const divisorOf = (
  n: number,
  most: number,
  isGood: (d: number) => boolean,
  otherwise: number,
): number => {
  for (let d = most; d > 1; d--) if (n % d === 0 && isGood(d)) return d
  return otherwise
}
