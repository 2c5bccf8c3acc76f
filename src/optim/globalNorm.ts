import { splat, type Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { aval } from '../ir/aval.js'
import { add } from '../ops/elementwise/arithmetic.js'
import { safeSqrt } from '../ops/elementwise/hypot.js'
import { toFloat } from '../ops/elementwise/lift.js'
import { square } from '../ops/elementwise/square.js'
import { reduceSum } from '../ops/reductions/reduceSum.js'

/**
 * The Euclidean norm of all leaves as one vector: √Σ x². A scalar; 0 of an empty tree. Its derivative at zero is 0.
 * @example
 * ```ts
 * optim.globalNorm({ a: np.array([3]), b: [np.array([[4]])] }).item() // => 5
 * ```
 */
export const globalNorm = (values: unknown): Tensor => {
  const squares = tree.leaves(values).map((leaf) => {
    const x = toFloat(leaf)
    return reduceSum(
      square(x),
      x.shape.map((_, axis) => axis),
    )
  })
  return squares.length === 0 ? splat(0, aval([], 'float32')) : safeSqrt(squares.reduce((a, b) => add(a, b)))
}
