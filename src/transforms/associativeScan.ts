import { resolveAxis } from '../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../graph/options.js'
import { requireSameTree, unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { concatenate } from '../ops/movement/concatenate.js'
import { reshape } from '../ops/movement/reshape.js'
import { rev } from '../ops/movement/rev.js'
import { sliceAxis } from '../ops/movement/slice.js'
import { displayName, flattenTensors } from './treeFunction.js'

export type AssociativeScanOptions = {
  /** The axis to scan along in every leaf; the first by default. */
  readonly axis?: number
  /** Scan from the end. */
  readonly reverse?: boolean
}

/** even₀, odd₀, even₁, odd₁, … along an axis, n in all. */
const interleave = (even: Tensor, odd: Tensor, axis: number, n: number): Tensor => {
  const count = even.shape[axis]
  const full = n % 2 === 0 ? odd : concatenate([odd, sliceAxis(even, axis, count - 1, count)], axis)
  const apart = [...even.shape.slice(0, axis), count, 1, ...even.shape.slice(axis + 1)]
  const pairs = concatenate(
    [even, full].map((t) => reshape(t, apart)),
    axis + 1,
  )
  const together = [...even.shape.slice(0, axis), 2 * count, ...even.shape.slice(axis + 1)]
  return sliceAxis(reshape(pairs, together), axis, 0, n)
}

/**
 * Running results of an associative function along an axis, `y₀ = x₀, yₖ = f(yₖ₋₁, xₖ)`, for trees of tensors. `f` is
 * called on whole slices of the axis, so it has to act elementwise along it; it is called about 2·log₂ n times.
 * @throws ShapeError where the leaves' axes differ in size, or f changes a shape
 * @throws TreeMismatchError where f changes the structure
 * @example
 * ```ts
 * import { associativeScan } from 'grad-ts/lax'
 *
 * associativeScan((x: Tensor, y: Tensor) => x.mul(y), np.array([1, 2, 3, 4])) // => [1, 2, 6, 24]
 * ```
 * @see Blelloch, "Prefix sums and their applications" (1990)
 */
export const associativeScan = <T>(
  f: (x: T, y: T) => T,
  xs: T,
  ...options: AxisOptions<AssociativeScanOptions>
): T => {
  const name = displayName('associativeScan', f)
  const { axis = 0, reverse = false } = axisOptionsOf(name, 'axis reverse', options)
  const given = flattenTensors(xs)
  const axes = given.leaves.map((t) => resolveAxis(name, axis, t.ndim))
  const size = given.leaves.length === 0 ? 0 : given.leaves[0].shape[axes[0]]
  const wrong = given.leaves.find((t, i) => t.shape[axes[i]] !== size)
  if (wrong !== undefined)
    throw new ShapeError(
      `${name}: ${size} slices along axis ${axis} are required, got ${formatAval(wrong.aval)}.`,
    )

  const join = (a: readonly Tensor[], b: readonly Tensor[]): readonly Tensor[] => {
    const joined = flattenTensors(f(unflatten<T>(given.def, a), unflatten<T>(given.def, b)))
    requireSameTree(`${name}: result`, given.def, joined.def)
    const changed = joined.leaves.findIndex((t, i) => !sameShape(t.shape, a[i].shape))
    if (changed >= 0) {
      throw new ShapeError(
        `${name}: a result of the operands' shape ${formatAval(a[changed].aval)} is required, got ${formatAval(joined.leaves[changed].aval)}.`,
      )
    }
    return joined.leaves
  }
  const part = (ts: readonly Tensor[], from: number, to: number, step = 1): readonly Tensor[] =>
    ts.map((t, i) => sliceAxis(t, axes[i], from, to, step))

  /** The scan of joined pairs gives every second result; the others are one more join away. */
  const run = (ts: readonly Tensor[], n: number): readonly Tensor[] => {
    if (n < 2) return ts
    const half = Math.floor(n / 2)
    const odd = run(join(part(ts, 0, 2 * half, 2), part(ts, 1, 2 * half, 2)), half)
    const later = Math.ceil(n / 2) - 1
    const even =
      later === 0
        ? part(ts, 0, 1)
        : join(part(odd, 0, later), part(ts, 2, n, 2)).map((t, i) =>
            concatenate([sliceAxis(ts[i], axes[i], 0, 1), t], axes[i]),
          )
    return even.map((t, i) => interleave(t, odd[i], axes[i], n))
  }
  const turned = (ts: readonly Tensor[]): readonly Tensor[] =>
    reverse ? ts.map((t, i) => rev(t, [axes[i]])) : ts
  return unflatten<T>(given.def, turned(run(turned(given.leaves), size)))
}
