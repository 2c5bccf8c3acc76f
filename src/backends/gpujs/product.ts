import type { BufferId } from '../../ir/expr.js'
import type { KernelSource } from './kernelSource.js'
import { type TextureSize, textureSize } from './layout.js'

/** Rows of the result that a thread of a product makes, one for each texture it writes. */
export const rowsPerThread = 8

/**
 * A contraction as kernels: operands copied where they do not lie as the product reads them; the product, eight rows by
 * four columns a thread, to eight textures; and the outputs' expressions of these.
 */
export type ContractSources = {
  /** How each operand is copied; `null` where it is read in place. */
  readonly packs: readonly [KernelSource | null, KernelSource | null]
  /** Elements of the operands as the product reads them. */
  readonly elements: readonly [number, number]
  /** The size of each of the product's textures. */
  readonly size: TextureSize
  /** Reads the operands as buffers `leftOperand` and `rightOperand`. */
  readonly product: KernelSource
  /** Reads the product's textures as buffers `first … first + 7`. */
  readonly outputs: (first: BufferId) => KernelSource
}

/** Stand for the operands in the product's arguments. */
export const [leftOperand, rightOperand]: readonly [BufferId, BufferId] = [-1, -2]

export const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to

/** As wide as a row of the result, where the device has such textures: threads near each other then share operands. */
export const productSize = (columnTexels: number, blocks: number): TextureSize =>
  columnTexels <= 4096 && blocks <= 4096 && blocks > 1
    ? { width: columnTexels, height: blocks }
    : textureSize(4 * columnTexels * blocks)

/** The sums of a thread, from zero. */
export const sums: readonly string[] = Array.from({ length: rowsPerThread }, (_, i) => `s${i}`)

/** Statements of a step over four elements of the inner axis: `left` of a row, `right` of the first to the fourth element. */
export const accumulating = (
  left: (row: number) => string,
  right: (element: number) => string,
): readonly string[] => [
  ...[0, 1, 2, 3].map((l) => `const w${l} = ${right(l)};`),
  ...sums.map((s, i) => `${s} = multiplyAdd(${s}, ${left(i)}, w0, w1, w2, w3);`),
]
