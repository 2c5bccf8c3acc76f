import { concretize } from '../../graph/concretize.js'
import { optionsOf } from '../../graph/options.js'
import type { TensorLike } from '../../graph/tensor.js'
import { sameShape } from '../../ir/aval.js'
import { broadcastShapes, broadcastTo, toTensor } from '../../ops/elementwise/lift.js'

export type CloseOptions = { readonly rtol?: number; readonly atol?: number; readonly equalNan?: boolean }

/**
 * Whether |x − y| ≤ atol + rtol·|y| everywhere, broadcast, as a JS boolean. Compared in float64; NaN equals
 * nothing, unless `equalNan` makes it equal NaN.
 * @throws ConcretizationError on values that are not known while tracing
 * @example
 * ```ts
 * np.allclose(np.array([0.1 + 0.2]), 0.3) // => true
 * np.allclose(np.array([1, NaN]), np.array([1, NaN])) // => false
 * ```
 */
export const allclose = (x: TensorLike, y: TensorLike, options?: CloseOptions): boolean => {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = optionsOf('allclose', 'rtol atol equalNan', options)
  const [a, b] = broadcastData(x, y)
  for (let i = 0; i < a.length; i++) {
    if (equalNan && Number.isNaN(a[i]) && Number.isNaN(b[i])) continue
    if (a[i] === b[i]) continue
    if (!(Math.abs(a[i] - b[i]) <= atol + rtol * Math.abs(b[i])) || !Number.isFinite(a[i] - b[i]))
      return false
  }
  return true
}

/** Whether x and y have one shape and equal elements, as a JS boolean. */
export const arrayEqual = (x: TensorLike, y: TensorLike): boolean =>
  sameShape(toTensor(x).shape, toTensor(y).shape) && allclose(x, y, { rtol: 0, atol: 0 })

const broadcastData = (x: TensorLike, y: TensorLike) => {
  const tensors = [x, y].map((t) => toTensor(t))
  const shape = broadcastShapes(
    'allclose',
    tensors.map((t) => t.shape),
  )
  return tensors.map((t) => concretize(broadcastTo(t, shape)).read())
}
