import { resolveAxes } from '../../graph/axes.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { mul } from '../../ops/elementwise/arithmetic.js'
import { convert } from '../../ops/elementwise/convert.js'
import { broadcastShapes, promote } from '../../ops/elementwise/lift.js'
import { reshape } from '../../ops/movement/reshape.js'
import { contractPair, type Labelled, ordered } from './contraction.js'

/** Operands of one number type; bools become integers. @internal */
export const numbers = (name: string, xs: readonly TensorLike[]): readonly Tensor[] =>
  promote(name, xs).map((t) => (t.dtype === 'bool' ? convert(t, 'int32') : t))

const mismatch = (name: string, x: Tensor, y: Tensor): ShapeError =>
  new ShapeError(
    `${name}: contracting sizes must match, got ${formatAval(x.aval)} and ${formatAval(y.aval)}. Transpose one operand?`,
  )

/** x without its leading axes of length one, and labels for the others, counted from the last axis. */
const batchLabels = (x: Tensor, matrixLabels: readonly string[]): Labelled => {
  const lead = x.ndim - matrixLabels.length
  const kept = x.shape.map((d, i) => i >= lead || d !== 1)
  return {
    tensor: reshape(
      x,
      x.shape.filter((_, i) => kept[i]),
    ),
    labels: [...Array.from({ length: lead }, (_, i) => `batch${lead - i}`), ...matrixLabels].filter(
      (_, i) => kept[i],
    ),
  }
}

/**
 * Matrix product over the last two axes, those before broadcast: [..., m, k] · [..., k, n] → [..., m, n].
 * A vector stands for a row at the left and a column at the right, and leaves no axis.
 * @throws ShapeError where the contracting sizes differ, or an operand is a scalar
 * @example
 * ```ts
 * np.matmul(np.array([[1, 2], [3, 4]]), np.array([1, 1])) // => [3, 7]
 * np.matmul(np.ones([5, 2, 3]), np.ones([3, 4])).shape // => [5, 2, 4]
 * np.matmul(np.ones([2, 3]), np.ones([2, 3])) // => throws ShapeError: contracting sizes must match
 * ```
 */
export const matmul = (x: Tensor, y: Tensor): Tensor => {
  const [a, b] = numbers('matmul', [x, y])
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError(
      `matmul: at least one axis is required, got ${formatAval(a.aval)} and ${formatAval(b.aval)}. Use mul.`,
    )
  }
  if (a.shape[a.ndim - 1] !== b.shape[Math.max(0, b.ndim - 2)]) throw mismatch('matmul', a, b)
  const left = batchLabels(a, a.ndim === 1 ? ['k'] : ['m', 'k'])
  const right = batchLabels(b, b.ndim === 1 ? ['k'] : ['k', 'n'])
  const batch = broadcastShapes('matmul', [a.shape.slice(0, -2), b.shape.slice(0, -2)])
  const matrix = [...(a.ndim > 1 ? ['m'] : []), ...(b.ndim > 1 ? ['n'] : [])]
  const product = contractPair(left, right, (l) => l !== 'k')
  const labels = [...batch.map((_, i) => `batch${batch.length - i}`), ...matrix]
  const out = ordered(
    product,
    labels.filter((l) => product.labels.includes(l)),
  )
  const m = a.ndim > 1 ? [a.shape[a.ndim - 2]] : []
  const n = b.ndim > 1 ? [b.shape[b.ndim - 1]] : []
  return reshape(out, [...batch, ...m, ...n])
}

/** Axes to sum over: the last `n` of x with the first `n` of y, or a list for each. */
export type TensordotAxes = number | readonly [number | readonly number[], number | readonly number[]]

/**
 * Σ over pairs of axes, the last two of x with the first two of y by default; the rest of x, then of y.
 * @throws ShapeError where paired sizes differ
 * @example
 * ```ts
 * np.tensordot(np.ones([2, 3]), np.ones([4, 3]), [1, 1]).shape // => [2, 4]
 * ```
 */
export const tensordot = (x: Tensor, y: Tensor, axes: TensordotAxes = 2): Tensor => {
  const [a, b] = numbers('tensordot', [x, y])
  const range = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + i)
  if (typeof axes === 'number' && !(axes >= 0 && axes <= Math.min(a.ndim, b.ndim))) {
    throw new ShapeError(`tensordot: at most ${Math.min(a.ndim, b.ndim)} axes are required, got ${axes}.`)
  }
  const [p, q] = typeof axes === 'number' ? [range(axes, a.ndim - axes), range(axes, 0)] : axes
  const from = resolveAxes('tensordot', p, a.ndim)
  const to = resolveAxes('tensordot', q, b.ndim)
  if (from.length !== to.length || from.some((i, k) => a.shape[i] !== b.shape[to[k]]))
    throw mismatch('tensordot', a, b)
  const left = a.shape.map((_, i) => (from.includes(i) ? `k${from.indexOf(i)}` : `m${i}`))
  const right = b.shape.map((_, i) => (to.includes(i) ? `k${to.indexOf(i)}` : `n${i}`))
  return contractPair({ tensor: a, labels: left }, { tensor: b, labels: right }, (l) => !l.startsWith('k'))
    .tensor
}

/**
 * numpy's dot: a product with a scalar, else Σ over the last axis of x and the last but one (or only) of y.
 * @throws ShapeError where those sizes differ
 * @example
 * ```ts
 * np.dot(np.array([1, 2]), np.array([3, 4])) // => 11
 * ```
 */
export const dot = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = numbers('dot', [x, y])
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b)
  const at = Math.max(0, b.ndim - 2)
  if (a.shape[a.ndim - 1] !== b.shape[at]) throw mismatch('dot', a, b)
  return tensordot(a, b, [a.ndim - 1, at])
}

/** Σ over the last axes of x and y; a product with a scalar. @throws ShapeError where those sizes differ */
export const inner = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = numbers('inner', [x, y])
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b)
  if (a.shape[a.ndim - 1] !== b.shape[b.ndim - 1]) throw mismatch('inner', a, b)
  return tensordot(a, b, [-1, -1])
}

/**
 * out[i, j] = x[i]·y[j], operands read as vectors.
 * @example
 * ```ts
 * np.outer(np.array([1, 2]), np.array([3, 4])) // => [[3, 4], [6, 8]]
 * ```
 */
export const outer = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = numbers('outer', [x, y])
  return mul(reshape(a, [a.size, 1]), reshape(b, [1, b.size]))
}
