import { describe } from '../graph/describe.js'
import { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { formatAval, sameShape } from '../ir/aval.js'

export type Tolerance = {
  /** Relative to the magnitude of the expected value; 1e-5 by default. */
  readonly rtol?: number
  /** Absolute; 1e-8 by default. */
  readonly atol?: number
  /** Whether NaN is close to NaN; true by default. */
  readonly equalNan?: boolean
}

type Difference = { readonly at: number; readonly off: number }

const isClose = (x: number, y: number, { rtol = 1e-5, atol = 1e-8, equalNan = true }: Tolerance): boolean => {
  if (Number.isNaN(x) && Number.isNaN(y)) return equalNan
  return x === y || (Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y))
}

/** The indices of the `at`-th element. */
const indicesOf = (at: number, shape: readonly number[]): string => {
  let rest = at
  const indices = shape.map((_, axis) => {
    const inner = shape.slice(axis + 1).reduce((n, d) => n * d, 1)
    const index = Math.floor(rest / inner)
    rest -= index * inner
    return index
  })
  return `[${indices.join(', ')}]`
}

/** The difference of two tensors in one line; `null` if there is none. */
const differenceOf = (x: Tensor, y: Tensor, tolerance: Tolerance | null): string | null => {
  if (!sameShape(x.shape, y.shape) || x.dtype !== y.dtype)
    return `${formatAval(y.aval)} is required, got ${formatAval(x.aval)}`
  const [got, wanted] = [x.dataSync(), y.dataSync()]
  const differences: Difference[] = []
  for (let at = 0; at < got.length; at++) {
    const same = tolerance === null ? Object.is(got[at], wanted[at]) : isClose(got[at], wanted[at], tolerance)
    if (!same) differences.push({ at, off: Math.abs(got[at] - wanted[at]) })
  }
  if (differences.length === 0) return null
  const [first] = differences
  const most = differences.reduce((a, b) => (b.off > a.off ? b : a))
  const difference = (at: number): string =>
    `${got[at]} instead of ${wanted[at]} at ${indicesOf(at, x.shape)}`
  const relative = most.off / Math.abs(wanted[most.at])
  return `${differences.length} of ${got.length} elements differ: first ${difference(first.at)}, most ${difference(most.at)} (${most.off.toPrecision(3)}, relative ${relative.toPrecision(3)})`
}

/**
 * The differences of `got` from `expected`: a line for each leaf of these trees that is not equal, or not close within `tolerance`.
 * @throws TreeMismatchError never: another structure is a difference
 */
export const treeDifferences = (
  got: unknown,
  expected: unknown,
  tolerance: Tolerance | null,
): readonly string[] => {
  const [paths, wantedPaths] = [tree.paths(got), tree.paths(expected)]
  const missing = wantedPaths.filter((p) => !paths.includes(p)).map((p) => `${p} is required, got none`)
  const more = paths.filter((p) => !wantedPaths.includes(p)).map((p) => `${p} is there, and not expected`)
  if (missing.length + more.length > 0) return [...missing, ...more]
  const wanted = tree.leaves(expected)
  return tree.leaves(got).flatMap((x, i) => {
    const y = wanted[i]
    const difference =
      x instanceof Tensor && y instanceof Tensor
        ? differenceOf(x, y, tolerance)
        : Object.is(x, y)
          ? null
          : `${describe(y)} is required, got ${describe(x)}`
    if (difference === null) return []
    return [paths[i] === '' ? difference : `${paths[i]}: ${difference}`]
  })
}
