import type { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { where } from '../ops/elementwise/select.js'

/**
 * `tree.map` over trees whose leaves have the same shapes: a parameter is never broadcast to another shape.
 * @throws ShapeError with the path where they differ
 * @internal
 */
export const mapAlike = <T>(
  operation: string,
  f: (...leaves: Tensor[]) => Tensor,
  first: T,
  ...rest: readonly T[]
): T =>
  tree.mapWithPath(
    (path, ...leaves: Tensor[]) => {
      const avals = leaves.map((leaf) => toTensor(leaf).aval)
      if (avals.some((a) => !sameShape(a.shape, avals[0].shape)))
        throw new ShapeError(
          `${operation}: leaves of one shape are required, got ${avals.map(formatAval).join(' and ')}${path === '' ? '' : ` at ${path}`}.`,
        )
      return f(...leaves)
    },
    first,
    ...rest,
  )

/**
 * One tree or the other, leaf by leaf, by a scalar that may be traced. It is a selection, which joins the kernels
 * that make the leaves; a branch would copy the leaves that it passes on, and on a GPU wait for its predicate.
 * @internal
 */
export const selected = <T>(predicate: Tensor, whenTrue: T, whenFalse: T): T =>
  tree.map((a, b) => where(predicate, a, b), whenTrue, whenFalse)
