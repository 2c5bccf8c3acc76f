import { eachAxis, type PerAxis } from '../../functions/nn/perAxis.js'
import { avgPool, maxPool } from '../../functions/nn/pooling.js'
import { array } from '../../functions/numpy/array.js'
import { take, takeAlongAxis } from '../../functions/numpy/indexing.js'
import { argmax } from '../../functions/numpy/reductions.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { toFloat } from '../../ops/elementwise/lift.js'
import { dotGeneral } from '../../ops/matrices/dotGeneral.js'
import { reshape } from '../../ops/movement/reshape.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'

/** Part i of n of an axis of `size`: from ⌊i·size/n⌋ up to ⌈(i + 1)·size/n⌉, so that parts overlap where n does not divide it. */
const part = (size: number, n: number, i: number): { readonly from: number; readonly to: number } => ({
  from: Math.floor((i * size) / n),
  to: Math.ceil(((i + 1) * size) / n),
})

const adaptive = (
  kind: string,
  output: PerAxis,
  even: (x: Tensor, window: readonly number[]) => Tensor,
  uneven: (x: Tensor, sizes: readonly number[]) => Tensor,
): StatelessLayer<null> => {
  const name = layerName(kind, [output])
  requireSizes(name, typeof output === 'number' ? [output] : output)
  return stateless(
    name,
    () => null,
    (_params, x) => {
      const rank = x.ndim - 2
      if (rank < 1 || (typeof output !== 'number' && rank !== output.length) || x.shape.slice(2).includes(0))
        throw new ShapeError(
          `${name}: an input [n, c, …] of ${typeof output === 'number' ? 'one or more' : output.length} spatial axes, none of size 0, is required, got ${formatAval(x.aval)}.`,
        )
      const spatial = x.shape.slice(2)
      const sizes = eachAxis(name, 'output size', output, rank)
      const divides = spatial.every((d, j) => d % sizes[j] === 0)
      return divides
        ? even(
            x,
            spatial.map((d, j) => d / sizes[j]),
          )
        : uneven(x, sizes)
    },
  )
}

/** Row i of the matrix averages part i of an axis. */
const averaging = (size: number, n: number): readonly (readonly number[])[] =>
  Array.from({ length: n }, (_, i) => {
    const { from, to } = part(size, n, i)
    return Array.from({ length: size }, (_, at) => (at >= from && at < to ? 1 / (to - from) : 0))
  })

/** Each product takes the first spatial axis away and puts its averages last, so that the axes come round in order. */
const unevenMeans = (x: Tensor, sizes: readonly number[]): Tensor =>
  sizes.reduce((y, n) => {
    const matrix = array(averaging(y.shape[2], n), { dtype: y.dtype })
    return dotGeneral(y, matrix, { lhsContract: [2], rhsContract: [1], lhsBatch: [], rhsBatch: [] })
  }, toFloat(x))

/** The positions of each part of an axis; the last is repeated until all parts have equally many. */
const positions = (size: number, n: number): readonly (readonly number[])[] => {
  const parts = Array.from({ length: n }, (_, i) => part(size, n, i))
  const most = Math.max(...parts.map(({ from, to }) => to - from))
  return parts.map(({ from, to }) => Array.from({ length: most }, (_, k) => Math.min(from + k, to - 1)))
}

/** Positions of the cells of all axes in x as a vector: rows of cells, in row-major order. */
const cells = (spatial: readonly number[], sizes: readonly number[]): readonly (readonly number[])[] =>
  spatial.reduce<readonly (readonly number[])[]>(
    (outer, size, j) =>
      outer.flatMap((before) =>
        positions(size, sizes[j]).map((own) => before.flatMap((b) => own.map((p) => b * size + p))),
      ),
    [[0]],
  )

const promised = { mode: 'promise_in_bounds' } as const

/** By the position of the first maximum, as in PyTorch: the derivative goes there and nowhere else. */
const unevenMaxima = (x: Tensor, sizes: readonly number[]): Tensor => {
  const [n, c, ...spatial] = x.shape
  const flat = reshape(x, [n, c, spatial.reduce((a, b) => a * b, 1)])
  const windows = take(flat, array(cells(spatial, sizes), { dtype: 'int32' }), 2, promised)
  const first = argmax(windows, { axis: 3, keepdims: true })
  return reshape(takeAlongAxis(windows, first, 3, promised), [n, c, ...sizes])
}

/**
 * Means over a given number of parts of each spatial axis, whatever its size: f32[n, c, …s] → f32[n, c, …output]. Part i of m of an axis goes
 * from ⌊i·s/m⌋ up to ⌈(i + 1)·s/m⌉, as in PyTorch.
 * @param output one number for all spatial axes, or one for each
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.adaptiveAvgPool(2).call(null, np.array([[[1, 2, 6]]])) // => [[[1.5, 4]]]
 * nn.adaptiveAvgPool(1).call(null, np.ones([2, 8, 5, 7])).shape // => [2, 8, 1, 1]
 * ```
 */
export const adaptiveAvgPool = (output: PerAxis): StatelessLayer<null> =>
  adaptive('adaptiveAvgPool', output, (x, window) => avgPool(x, { window }), unevenMeans)

/**
 * Maxima over the parts of `adaptiveAvgPool`. Among equal elements the first has the derivative.
 * @param output one number for all spatial axes, or one for each
 * @throws ShapeError where an input does not fit
 * @example
 * ```ts
 * nn.adaptiveMaxPool(2).call(null, np.array([[[1, 2, 6]]])) // => [[[2, 6]]]
 * ```
 */
export const adaptiveMaxPool = (output: PerAxis): StatelessLayer<null> =>
  adaptive('adaptiveMaxPool', output, (x, window) => maxPool(x, { window }), unevenMaxima)
