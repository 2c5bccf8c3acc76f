/** Whether examples that don't fill a last batch are kept. */
export type Remainder = 'keep' | 'drop'

/** The number of batches of `batchSize` in `count` examples. */
export const batchCount = (count: number, batchSize: number, remainder: Remainder): number =>
  remainder === 'keep' ? Math.ceil(count / batchSize) : Math.floor(count / batchSize)

/**
 * The `index`-th batch of an order of examples: a view of `order`, shorter than `batchSize` only for a
 * kept remainder, empty past the end. Nothing is drawn here: the same order gives the same batches.
 */
export const batchIndices = (order: Uint32Array, batchSize: number, index: number): Uint32Array =>
  order.subarray(index * batchSize, (index + 1) * batchSize)

/** The order 0, 1, …, count − 1: for evaluation. */
export const inOrder = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i)
