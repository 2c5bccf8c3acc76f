import { sizeOf } from '../../../ir/aval.js'
import type { BufferId, Expr } from '../../../ir/expr.js'
import { loadsOf } from '../../../ir/nodes.js'
import { type Contract, type Kernel, spaceOf } from '../../../ir/program.js'
import { rebuilder } from '../../../ir/rebuild.js'
import { dense } from '../../../ir/view.js'
import { isInPlace } from '../program/reuse.js'
import { type Matrices, prepareOperand, type Spacing } from './operand.js'

/** A contraction as a matrix multiplication. */
export type MultiplicationPlan = {
  readonly lhs: Matrices
  readonly rhs: Matrices
  /** Where the sums go. */
  readonly sums: BufferId
  readonly sizes: readonly [number, number, number]
  /** Copies of operands, before; `isByMatrix`: place i of the first axis belongs to matrix i alone. */
  readonly copies: readonly { readonly kernel: Kernel; readonly isByMatrix: boolean }[]
  /** How rows and steps of the left and of the right operand follow each other. */
  readonly lists: readonly Spacing[]
  /** The outputs' expressions of the sums, after; `null` where the sums are the only output. */
  readonly outputs: Kernel | null
  /** Buffers beside the program's: their numbers and sizes. */
  readonly buffers: readonly { readonly id: BufferId; readonly bytes: number }[]
}

/** Multiplications below which packing does not pay. */
const fewest = 4096

/** Whether a contraction is a matrix multiplication that is worth its packing. */
export const isMultiplication = ({ lhs, m, n, k }: Contract): boolean => {
  const [rows, columns, steps] = [sizeOf(m), sizeOf(n), sizeOf(k)]
  return (
    lhs.dtype === 'float32' && Math.min(rows, columns) >= 3 && steps >= 2 && rows * columns * steps >= fewest
  )
}

/** `inputs`: the program's; `firstFree`: the first number that no buffer of the program has. */
export const planMultiplication = (
  step: Contract,
  inputs: readonly BufferId[],
  firstFree: BufferId,
): MultiplicationPlan => {
  const { batch, m, n, k } = step
  const [leftCopy, rightCopy, ownSums] = [0, 1, 2].map((i) => firstFree + i)
  const left = prepareOperand(step.lhs, batch, m, k, leftCopy)
  const right = prepareOperand(step.rhs, batch, n, k, rightCopy)
  const space = spaceOf(step)
  // an output may be written over an input that is donated, which the outputs read after the sums are there
  const mayBeOverInput = loadsOf(step.outputs.map((o) => o.value)).some(
    (l) => inputs.includes(l.buffer) && isInPlace(l, space),
  )
  const float = mayBeOverInput
    ? undefined
    : (step.outputs.find((o) => o.value.op === 'acc') ??
      step.outputs.find((o) => o.value.dtype === 'float32'))
  const sums = float?.buffer ?? ownSums
  const load: Expr = { op: 'load', dtype: 'float32', buffer: sums, view: dense(space), fill: 0, dynamic: [] }
  const ofSums = rebuilder((e) => (e.op === 'acc' ? load : undefined)) as (e: Expr) => Expr
  const outputs = step.outputs
    .filter((o) => o.value.op !== 'acc' || o.buffer !== sums)
    .map((o) => ({ ...o, value: ofSums(o.value) }))
  return {
    lhs: left.matrices,
    rhs: right.matrices,
    sums,
    sizes: [sizeOf(m), sizeOf(n), sizeOf(k)],
    copies: [left, right].flatMap(({ copy, matrices }) =>
      copy === null ? [] : [{ kernel: copy.kernel, isByMatrix: areApart(matrices, copy.bytes) }],
    ),
    lists: [left, right].flatMap(({ matrices: { rows, steps } }) => [rows, steps]),
    outputs:
      outputs.length === 0 ? null : { kind: 'kernel', name: step.name, space, reduction: null, outputs },
    buffers: [
      ...(left.copy === null ? [] : [{ id: leftCopy, bytes: left.copy.bytes }]),
      ...(right.copy === null ? [] : [{ id: rightCopy, bytes: right.copy.bytes }]),
      ...(sums === ownSums ? [{ id: ownSums, bytes: 4 * sizeOf(space) }] : []),
    ],
  }
}

/** Whether the matrices of a copy of `bytes` bytes are in equal parts of it, one after the other. */
const areApart = ({ starts }: Matrices, bytes: number): boolean =>
  starts.every((start, i) => start - starts[0] === (i * bytes) / starts.length)
