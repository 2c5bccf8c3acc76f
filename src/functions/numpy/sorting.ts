import { resolveAxis } from '../../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { sub } from '../../ops/elementwise/arithmetic.js'
import { toTensor } from '../../ops/elementwise/lift.js'
import { sort as sortTogether } from '../../ops/indexing/sort.js'
import { iota } from '../../ops/movement/iota.js'
import { rev } from '../../ops/movement/rev.js'
import { ravel } from './arrangement.js'

/** `axis`: the last by default; `null`: x as a vector. `descending`: the greatest first, NaN before all. */
export type SortOptions = { readonly axis?: number | null; readonly descending?: boolean }

/** The tensor and the axis to sort along; a scalar is a vector of one element. */
const line = (
  name: string,
  x: TensorLike,
  axis: number | null,
): { readonly t: Tensor; readonly a: number } => {
  const t = toTensor(x)
  return axis === null ? { t: ravel(t), a: 0 } : { t, a: resolveAxis(name, axis, t.ndim) }
}

/**
 * x sorted along an axis, ascending: NaN last, −0 equal to 0, equal ones in their order. Derivatives are
 * sorted along with their elements.
 * @throws ShapeError unless the axis is one of x
 * @example
 * ```ts
 * np.sort(np.array([[3, 1, 2], [0, NaN, -1]])) // => [[1, 2, 3], [-1, 0, NaN]]
 * np.sort(np.array([3, 1, 2]), { descending: true }) // => [3, 2, 1]
 * grad((x: Tensor) => np.sort(x).get(0))(np.array([3, 1, 2])) // => [0, 1, 0]
 * ```
 */
export const sort = (x: TensorLike, ...options: AxisOptions<SortOptions>): Tensor => {
  const { axis = -1, descending = false } = axisOptionsOf('sort', 'axis descending', options)
  const { t, a } = line('sort', x, axis)
  if (!descending) return sortTogether([t], a)[0]
  return rev(sortTogether([rev(t, [a])], a)[0], [a])
}

/**
 * Positions along an axis in the order of x's elements there; equal elements keep their order, also when
 * descending. i32[...]
 * @throws ShapeError unless the axis is one of x
 * @example
 * ```ts
 * np.argsort(np.array([3, 1, 3, 2])) // => [1, 3, 0, 2]
 * np.argsort(np.array([3, 1, 3, 2]), { descending: true }) // => [0, 2, 3, 1]
 * ```
 */
export const argsort = (x: TensorLike, ...options: AxisOptions<SortOptions>): Tensor => {
  const { axis = -1, descending = false } = axisOptionsOf('argsort', 'axis descending', options)
  const { t, a } = line('argsort', x, axis)
  const positions = iota('int32', t.shape, a)
  if (!descending) return sortTogether([t, positions], a)[1]
  // reversed before and after, so that the first of equal elements comes first
  const order = sortTogether([rev(t, [a]), positions], a)[1]
  return rev(sub(t.shape[a] - 1, order), [a])
}
