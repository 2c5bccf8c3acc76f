import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { where } from '../ops/elementwise/select.js'

/**
 * One tree or the other, leaf by leaf, by a scalar that may be traced. A selection, not a branch: it joins the kernels
 * that make the leaves, where a branch would copy what it passes on, and on a GPU wait for its predicate.
 * @internal
 */
export const selected = <T>(predicate: Tensor, whenTrue: T, whenFalse: T): T =>
  tree.map((a, b) => where(predicate, a, b), whenTrue, whenFalse)
