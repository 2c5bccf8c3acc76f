import { resolveAxis } from '../../graph/axes.js'
import { optionsOf } from '../../graph/options.js'
import { requireShape } from '../../graph/plainNumbers.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import type { Shape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { add } from '../../ops/elementwise/arithmetic.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { toTensor } from '../../ops/elementwise/lift.js'
import { select } from '../../ops/elementwise/select.js'
import { isLower, lowerTriangle, upperTriangle } from '../../ops/matrices/matrixParts.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { iota } from '../../ops/movement/iota.js'
import { pad } from '../../ops/movement/pad.js'
import { reshape } from '../../ops/movement/reshape.js'
import { sliceAxis } from '../../ops/movement/slice.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { zerosLike } from '../../ops/rules/rules.js'
import { moveaxis } from './arrangement.js'
import { type DTypeOption, dtypeOption, requireDTypeName } from './array.js'

const isOnDiagonal = (shape: Shape, k: number): Tensor =>
  eq(add(iota('int32', shape, 0), k), iota('int32', shape, 1))

/**
 * Ones on diagonal k (0: the main one, above it positive), zeros elsewhere; square by default.
 * @example
 * ```ts
 * np.eye(2) // => [[1, 0], [0, 1]]
 * ```
 */
export const eye = (n: number, m = n, k = 0, options?: DTypeOption): Tensor => {
  const dtype = dtypeOption('eye', options) ?? 'float32'
  return convert(isOnDiagonal(requireShape('eye', [n, m]), k), requireDTypeName('eye', dtype))
}

/**
 * Ones on and below diagonal k, zeros above; square by default.
 * @example
 * ```ts
 * np.tri(2, 3) // => [[1, 0, 0], [1, 1, 0]]
 * ```
 */
export const tri = (n: number, m = n, k = 0, options?: DTypeOption): Tensor => {
  const dtype = dtypeOption('tri', options) ?? 'float32'
  return convert(isLower(requireShape('tri', [n, m]), k), requireDTypeName('tri', dtype))
}

const requireMatrices = (name: string, like: TensorLike): Tensor => {
  const x = toTensor(like)
  if (x.ndim < 2) throw new ShapeError(`${name}: at least two axes are required, got rank ${x.ndim}.`)
  return x
}

/**
 * x with zeros above diagonal k of its last two axes.
 * @throws ShapeError on fewer than two axes
 * @example
 * ```ts
 * np.tril(np.ones([2, 2])) // => [[1, 0], [1, 1]]
 * ```
 */
export const tril = (x: TensorLike, k = 0): Tensor => lowerTriangle(requireMatrices('tril', x), k)

/** x with zeros below diagonal k of its last two axes. @throws ShapeError on fewer than two axes */
export const triu = (x: TensorLike, k = 0): Tensor => upperTriangle(requireMatrices('triu', x), k)

export type DiagonalOptions = { readonly offset?: number; readonly axis1?: number; readonly axis2?: number }

/**
 * The elements of x whose positions on two axes (the first two by default) differ by `offset`; the two axes
 * become one, the last. A regular walk through x: nothing is computed.
 * @example
 * ```ts
 * np.diagonal(np.array([[1, 2], [3, 4]])) // => [1, 4]
 * ```
 */
export const diagonal = (x: Tensor, options?: DiagonalOptions): Tensor => diagonalFor('diagonal', x, options)

const diagonalFor = (name: string, x: Tensor, options?: DiagonalOptions): Tensor => {
  const { offset = 0, axis1 = 0, axis2 = 1 } = optionsOf(name, 'offset axis1 axis2', options)
  const a = resolveAxis(name, axis1, x.ndim)
  const b = resolveAxis(name, axis2, x.ndim)
  if (a === b) throw new ShapeError(`${name}: two different axes are required, got ${axis1} and ${axis2}.`)
  const moved = moveaxis(x, [a, b], [-2, -1])
  const rows = x.shape[a]
  const columns = x.shape[b]
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)))
  const flat = reshape(moved, [...moved.shape.slice(0, -2), rows * columns])
  if (length === 0) return sliceAxis(flat, flat.ndim - 1, 0, 0)
  const start = offset >= 0 ? offset : -offset * columns
  return sliceAxis(flat, flat.ndim - 1, start, start + (length - 1) * (columns + 1) + 1, columns + 1)
}

/**
 * A vector as diagonal k of a square matrix, or diagonal k of a matrix.
 * @throws ShapeError unless x has one or two axes
 * @example
 * ```ts
 * np.diag(np.array([1, 2])) // => [[1, 0], [0, 2]]
 * np.diag(np.array([[1, 2], [3, 4]]), 1) // => [2]
 * ```
 */
export const diag = (like: TensorLike, k = 0): Tensor => {
  const x = toTensor(like)
  if (x.ndim === 2) return diagonal(x, { offset: k })
  if (x.ndim !== 1) throw new ShapeError(`diag: a vector or matrix is required, got rank ${x.ndim}.`)
  const n = x.shape[0] + Math.abs(k)
  const placed = pad(x, 0, [[Math.max(0, -k), Math.max(0, k), 0]])
  const spread = broadcastInDim(placed, [n, n], [0])
  return select(isOnDiagonal([n, n], k), spread, zerosLike(spread))
}

/** Σ of a diagonal (of the first two axes by default). */
export const trace = (x: Tensor, options?: DiagonalOptions): Tensor => {
  const d = diagonalFor('trace', x, options)
  return reduceSum(d.dtype === 'bool' ? convert(d, 'int32') : d, [d.ndim - 1])
}
