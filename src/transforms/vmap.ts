import { withinAxis } from '../graph/namedAxes.js'
import { optionsOf } from '../graph/options.js'
import { broadcastPrefix, unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { type Aval, aval, formatAval } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { moveAxis, withBatchAxis } from '../ops/movement/batching.js'
import { batchInterpret } from './batchInterpret.js'
import { deriveAlong } from './derive.js'
import { asAskedFor, askForTypes } from './numberArguments.js'
import { displayName, flatFunction, flattenTensors, type TensorTree } from './treeFunction.js'

/** An axis, `null` for none, or a tree of them: a prefix of the arguments' (or result's) tree. */
export type Axes = number | null | readonly Axes[] | { readonly [key: string]: Axes }

const isAxis = (x: unknown): x is number | null => typeof x === 'number' || x === null

export type VmapOptions = {
  /** A name for the mapped axis, by which `lax.psum` and the other collectives in `f` find it. */
  readonly axisName?: string
  /** The size of the mapped axis, if no argument is mapped. */
  readonly axisSize?: number
}

/**
 * `f` applied to every slice of its arguments at once. `inAxes` is the axis of each argument that runs over the
 * slices (`null`: the argument is the same for all), `outAxes` the position of that axis in the results.
 * Within `f` the axis has the name `axisName`, which `lax.psum` and the like take.
 * @throws ShapeError where the mapped axes are missing or differ in size
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const share = (x: Tensor) => x.div(lax.psum(x, 'i'))
 * vmap(share, 0, 0, { axisName: 'i' })(np.array([1, 2, 5])) // => [0.125, 0.25, 0.625]
 * vmap((x: Tensor, y: Tensor) => x.dot(y), [0, null])(np.array([[1, 2], [3, 4]]), np.array([10, 1])) // => [12, 34]
 * ```
 */
export const vmap = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  inAxes: Axes = 0,
  outAxes: Axes = 0,
  options?: VmapOptions,
): ((...args: A) => R) => {
  const name = displayName('vmap', f)
  const { axisName = null, axisSize } = optionsOf(name, 'axisName axisSize', options)
  const mapped = (...args: A): R => {
    const xs = flattenTensors(args)
    const axes = broadcastPrefix(name, inAxes, xs.def, isAxis).map((axis, i) => resolve(name, axis, xs, i))
    const size = batchSize(name, xs, axes, axisSize)
    const flat = flatFunction(name, f, xs.def)
    const traced = withinAxis(axisName === null ? null : { name: axisName, size }, () =>
      trace(
        name,
        xs.leaves.map((t, i) => (axes[i] === null ? t.aval : withoutAxis(t.aval, axes[i]))),
        flat.call,
        xs.leaves.map((t, i) => (axes[i] === null ? t : null)),
      ),
    )
    const graph = askForTypes(traced.graph)
    const leaves = asAskedFor(name, graph, traced.captures.length, xs.leaves)
    const inputs = [
      ...traced.captures.map((value) => ({ value, batched: false })),
      ...leaves.map((t, i) => ({
        value: axes[i] === null ? t : moveAxis(t, axes[i], 0),
        batched: axes[i] !== null,
      })),
    ]
    const outs = batchInterpret(size, graph, inputs, deriveAlong(axisName))
    const toAxes = broadcastPrefix(`${name} outAxes`, outAxes, flat.outDef(), isAxis)
    return unflatten<R>(
      flat.outDef(),
      outs.map(({ value, batched }, i) => putBatchAxis(name, value, batched, toAxes[i], size)),
    )
  }
  return Object.defineProperty(mapped, 'name', { value: name })
}

const resolve = (name: string, axis: number | null, xs: TensorTree, i: number): number | null => {
  if (axis === null) return null
  const { ndim } = xs.leaves[i]
  const at = axis < 0 ? axis + ndim : axis
  if (!Number.isInteger(at) || at < 0 || at >= ndim) {
    throw new ShapeError(
      `${name}: axis ${axis} of the argument at ${xs.paths[i]} is required, got ${formatAval(xs.leaves[i].aval)}. Give inAxes ${ndim === 0 ? 'null' : 'within its rank'}.`,
    )
  }
  return at
}

const batchSize = (
  name: string,
  xs: TensorTree,
  axes: readonly (number | null)[],
  given: number | undefined,
): number => {
  if (given !== undefined && (!Number.isInteger(given) || given < 0))
    throw new ShapeError(`${name}: axisSize must be a whole number, got ${given}.`)
  const sizes = axes.flatMap((axis, i) => (axis === null ? [] : [{ size: xs.leaves[i].shape[axis], i }]))
  if (sizes.length === 0) {
    if (given !== undefined) return given
    throw new ShapeError(
      `${name}: at least one mapped argument is required, got inAxes that are all null. Give axisSize.`,
    )
  }
  const other = sizes.find((s) => s.size !== sizes[0].size)
  if (other !== undefined) {
    throw new ShapeError(
      `${name}: mapped axes of one size are required, got ${sizes[0].size} at ${xs.paths[sizes[0].i]} and ${other.size} at ${xs.paths[other.i]}.`,
    )
  }
  if (given !== undefined && given !== sizes[0].size) {
    throw new ShapeError(
      `${name}: mapped axes of axisSize ${given} are required, got ${sizes[0].size} at ${xs.paths[sizes[0].i]}.`,
    )
  }
  return sizes[0].size
}

const withoutAxis = (a: Aval, axis: number): Aval =>
  aval(
    a.shape.filter((_, j) => j !== axis),
    a.dtype,
    a.weakType,
  )

const putBatchAxis = (
  name: string,
  value: Tensor,
  batched: boolean,
  axis: number | null,
  size: number,
): Tensor => {
  if (axis === null) {
    if (!batched) return value
    throw new ShapeError(
      `${name}: a result that is the same for all slices is required where outAxes is null, got a mapped one. Give it an axis.`,
    )
  }
  const stacked = withBatchAxis(size, value, batched)
  const at = axis < 0 ? axis + stacked.ndim : axis
  if (!Number.isInteger(at) || at < 0 || at >= stacked.ndim)
    throw new ShapeError(`${name}: outAxes within rank ${stacked.ndim} is required, got ${axis}.`)
  return moveAxis(stacked, 0, at)
}
