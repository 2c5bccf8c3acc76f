import { take } from '../functions/numpy/indexing.js'
import { describe } from '../graph/describe.js'
import { fromHost, Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { aval, formatAval } from '../ir/aval.js'
import { GradError, ShapeError } from '../ir/errors.js'
import type { EpochOrder } from './epochOrder.js'

/**
 * Examples by their numbers: as many as `count`, and what a step of training gets for some of them. A batch may be in memory,
 * read from files or drawn; the same indices give the same batch.
 */
export type Dataset<Batch> = {
  readonly count: number
  /** The examples of these numbers, from 0 to count − 1, in this order. */
  readonly batch: (indices: Uint32Array) => Batch | Promise<Batch>
  /** The order of an epoch; left out, a permutation of all that follows from seed and epoch. */
  readonly order?: (epoch: EpochOrder) => Uint32Array
}

/**
 * A dataset of tensors in memory: example i is row i of each of them. `tensors` is a tree whose leaves are [n, …]; a batch is one of the
 * same structure, whose leaves are [size, …]. PyTorch's `TensorDataset`.
 * @throws GradError where a leaf is no tensor, or there is none; ShapeError unless all have the same number of rows, at least one
 * @example
 * ```ts
 * import { tensorDataset } from 'grad-ts/train'
 * const points = tensorDataset({ x: np.arange(6).reshape([3, 2]), y: np.array([7, 8, 9]) })
 * points.count // => 3
 * const { x, y } = await points.batch(Uint32Array.of(2, 0))
 * x.toArray() // => [[4, 5], [0, 1]]
 * y.toArray() // => [9, 7]
 * ```
 */
export const tensorDataset = <T extends object>(tensors: T): Dataset<T> => {
  const paths = tree.paths(tensors)
  const rows = tree.leaves(tensors).map((leaf, i) => {
    if (!(leaf instanceof Tensor))
      throw new GradError(`tensorDataset: tensors are required, got ${describe(leaf)} as ${paths[i]}.`)
    if (leaf.ndim === 0)
      throw new ShapeError(
        `tensorDataset: a row for each example is required, got ${formatAval(leaf.aval)} as ${paths[i]}.`,
      )
    return leaf.shape[0]
  })
  if (rows.length === 0) throw new GradError('tensorDataset: at least one tensor is required, got none.')
  const odd = rows.findIndex((n) => n !== rows[0])
  if (odd > 0)
    throw new ShapeError(
      `tensorDataset: the same number of rows is required in all tensors, got ${rows[0]} in ${paths[0]} and ${rows[odd]} in ${paths[odd]}.`,
    )
  if (rows[0] === 0) throw new ShapeError('tensorDataset: at least one example is required, got none.')
  return {
    count: rows[0],
    batch: (indices) => {
      const at = fromHost(Int32Array.from(indices), aval([indices.length], 'int32'))
      return tree.map((x: Tensor) => take(x, at, { axis: 0 }), tensors)
    },
  }
}
