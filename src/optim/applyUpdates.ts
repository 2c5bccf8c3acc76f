import { add } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { mapAlike } from './alike.js'

/**
 * p + u for every leaf, in p's shape and dtype.
 * @throws TreeMismatchError where the structures differ, ShapeError where shapes do
 * @example
 * ```ts
 * optim.applyUpdates({ w: np.array([1, 2]) }, { w: np.array([0.5, -1]) }).w.toArray() // => [1.5, 1]
 * ```
 */
export const applyUpdates = <P>(params: P, updates: P): P =>
  mapAlike('applyUpdates', (p, u) => convert(add(p, u), toTensor(p).dtype), params, updates)
