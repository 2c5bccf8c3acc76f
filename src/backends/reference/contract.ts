import { sizeOf } from '../../graph/aval.js'
import { isFloat, type TypedArray } from '../../graph/dtype.js'
import type { Load } from '../../graph/kernel/expr.js'
import type { Contract } from '../../graph/kernel/program.js'
import { inOrder, type Traversal } from './affine.js'
import { compileBlocks } from './expression.js'
import { blockSize } from './lane.js'
import type { CompiledStep } from './loopNest.js'

/** Copies a load's values, in the order of a traversal, to a dense array. */
const packer = (load: Load, points: Traversal, into: Float64Array | Int32Array) => {
  const size = into.length
  const blocks = compileBlocks([load], points)
  const lane = blocks.results[0]
  return (buffers: readonly TypedArray[]): void => {
    for (let start = 0; start < size; start += blockSize) {
      const count = Math.min(blockSize, size - start)
      blocks.run(buffers, start, count)
      into.set(lane.data.subarray(lane.at, lane.at + count), start)
    }
    blocks.release()
  }
}

/** Row `at` of the left operand times the whole right one, in double precision, four terms of the sum at a time. */
const floatRow = (
  row: Float64Array,
  a: Float64Array,
  at: number,
  b: Float64Array,
  from: number,
  k: number,
  n: number,
) => {
  row.fill(0)
  let t = 0
  for (; t + 3 < k; t += 4) {
    const a0 = a[at + t]
    const a1 = a[at + t + 1]
    const a2 = a[at + t + 2]
    const a3 = a[at + t + 3]
    const b0 = from + t * n
    const b1 = b0 + n
    const b2 = b1 + n
    const b3 = b2 + n
    for (let j = 0; j < n; j++) row[j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j])
  }
  for (; t < k; t++) {
    const a0 = a[at + t]
    const b0 = from + t * n
    for (let j = 0; j < n; j++) row[j] += a0 * b[b0 + j]
  }
}

/** The same modulo 2³², for integers. */
const integerRow = (
  row: Int32Array,
  a: Int32Array,
  at: number,
  b: Int32Array,
  from: number,
  k: number,
  n: number,
) => {
  row.fill(0)
  for (let t = 0; t < k; t++) {
    const x = a[at + t]
    for (let j = 0; j < n; j++) row[j] = (row[j] + Math.imul(x, b[from + t * n + j])) | 0
  }
}

/** `any` over k of `both`, for bools. */
const logicalRow = (
  row: Int32Array,
  a: Int32Array,
  at: number,
  b: Int32Array,
  from: number,
  k: number,
  n: number,
) => {
  row.fill(0)
  for (let t = 0; t < k; t++) if (a[at + t] !== 0) for (let j = 0; j < n; j++) row[j] |= b[from + t * n + j]
}

/**
 * A batch of matrix products. Operands are packed, `[batch, m, k]` and `[batch, k, n]`; float32 products are
 * summed in float64 and rounded once.
 */
export const compileContract = (step: Contract): CompiledStep => {
  const [batch, m, n, k] = [step.batch, step.m, step.n, step.k].map(sizeOf)
  const isFloatProduct = isFloat(step.lhs.dtype)
  const pack = (size: number) => (isFloatProduct ? new Float64Array(size) : new Int32Array(size))
  const b = step.batch.length
  const nk = inOrder([...step.batch, ...step.n, ...step.k])
  const order = [...nk.axes.keys()]
  const reordered = [
    ...order.slice(0, b),
    ...order.slice(b + step.n.length),
    ...order.slice(b, b + step.n.length),
  ]
  const kn: Traversal = {
    extents: reordered.map((i) => nk.extents[i]),
    axes: reordered.map((i) => nk.axes[i]),
  }
  const left = pack(batch * m * k)
  const right = pack(batch * k * n)
  const row = pack(n)
  const packLeft = packer(step.lhs, inOrder([...step.batch, ...step.m, ...step.k]), left)
  const packRight = packer(step.rhs, kn, right)
  const integer = step.lhs.dtype === 'bool' ? logicalRow : integerRow
  return (buffers) => {
    packLeft(buffers)
    packRight(buffers)
    const out = buffers[step.output]
    for (let g = 0; g < batch; g++) {
      for (let i = 0; i < m; i++) {
        const at = (g * m + i) * k
        const from = g * k * n
        if (row instanceof Float64Array)
          floatRow(row, left as Float64Array, at, right as Float64Array, from, k, n)
        else integer(row, left as Int32Array, at, right as Int32Array, from, k, n)
        out.set(row, (g * m + i) * n)
      }
    }
  }
}
