import { sizeOf } from '../../../ir/aval.js'
import { sizeOfExprs } from '../../../ir/costs.js'
import { byteSize } from '../../../ir/dtype.js'
import type { Kernel } from '../../../ir/program.js'

/** Nanoseconds of one thread: an operation at one point, a byte to or from memory, a step of a packed multiplication. */
const [perOperation, perByte, perProduct] = [0.06, 0.05, 0.05]

/** About how long one thread takes over a kernel, in nanoseconds. */
export const kernelTime = ({ space, reduction, outputs }: Kernel): number => {
  const timeOf = (points: number, roots: Parameters<typeof sizeOfExprs>[0]): number => {
    const { flops, bytes } = sizeOfExprs(roots)
    return points * (flops * perOperation + bytes * perByte)
  }
  const points = sizeOf(space)
  const written = outputs.reduce((bytes, o) => bytes + byteSize(o.value.dtype), 0)
  const after = timeOf(
    points,
    outputs.map((o) => o.value),
  )
  const before =
    reduction === null
      ? 0
      : timeOf(points * sizeOf(reduction.extents), [...reduction.element, ...reduction.combine])
  return before + after + points * written * perByte
}

/** About how long one thread takes to read and write this many bytes, and little else. */
export const transferTime = (bytes: number): number => bytes * perByte

/** About how long one thread takes over a multiplication of matrices, in nanoseconds. */
export const multiplicationTime = ([m, n, k]: readonly [number, number, number]): number =>
  m * n * k * perProduct
