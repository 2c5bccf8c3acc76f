import { resolveAxis } from '../../graph/axes.js'
import { requireAxis } from '../../graph/namedAxes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { map } from '../../graph/tree.js'
import { ShapeError } from '../../ir/errors.js'
import { gatherLanes, laneIndex } from '../../ops/collectives/namedAxis.js'
import { div } from '../../ops/elementwise/arithmetic.js'
import { toTensor } from '../../ops/elementwise/lift.js'
import { where } from '../../ops/elementwise/select.js'
import { gather } from '../../ops/indexing/gather.js'
import { moveAxis } from '../../ops/movement/batching.js'
import { zerosLike } from '../../ops/rules/rules.js'
import { reshape } from '../numpy/arrangement.js'
import { array } from '../numpy/array.js'
import { max, min, sum } from '../numpy/reductions.js'

/** A name that `vmap` gave an axis, or several of them. */
export type AxisNames = string | readonly string[]

const listed = (names: AxisNames): readonly string[] => (typeof names === 'string' ? [names] : names)

/** The values of all lanes along a new leading axis. */
const lanes = (operation: string, x: Tensor, axisName: string): Tensor =>
  gatherLanes(x, { axisName, size: requireAxis(operation, axisName).size })

/** Every leaf of a tree reduced over the lanes of the axes named. */
const reduced = <T>(
  operation: string,
  tree: T,
  names: AxisNames,
  reduce: (x: Tensor, options: { readonly axis: number }) => Tensor,
): T =>
  map(
    (leaf) =>
      listed(names).reduce(
        (x, name) => reduce(lanes(operation, x, name), { axis: 0 }),
        toTensor(leaf as TensorLike),
      ),
    tree,
  ) as T

/**
 * Σ x over the lanes of a named axis, or of several; every lane gets the sum. x: a tensor or a tree of them, of any shape; bools
 * are counted.
 * @throws GradError where no enclosing `vmap` has the name
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => x.sub(lax.psum(x, 'i')), 0, 0, { axisName: 'i' })(np.array([1, 2, 4])) // => [-6, -5, -3]
 * lax.psum(1, 'i') // => throws GradError: an axis named by an enclosing vmap
 * ```
 */
export const psum = <T>(x: T, axisName: AxisNames): T => reduced('psum', x, axisName, sum)

/**
 * The mean of x over the lanes of a named axis, or of several.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => lax.pmean(x, 'i'), 0, 0, { axisName: 'i' })(np.array([1, 2, 6])) // => [3, 3, 3]
 * ```
 */
export const pmean = <T>(x: T, axisName: AxisNames): T => {
  const count = axisSize(axisName)
  return map((leaf) => div(psum(toTensor(leaf as TensorLike), axisName), count), x) as T
}

/**
 * The largest x of the lanes of a named axis, or of several; NaN wins, ties share the derivative.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => lax.pmax(x, 'i'), 0, 0, { axisName: 'i' })(np.array([1, 6, 2])) // => [6, 6, 6]
 * ```
 */
export const pmax = <T>(x: T, axisName: AxisNames): T => reduced('pmax', x, axisName, max)

/**
 * The smallest x of the lanes of a named axis, or of several; NaN wins, ties share the derivative.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => lax.pmin(x, 'i'), 0, 0, { axisName: 'i' })(np.array([3, 6, 2])) // => [2, 2, 2]
 * ```
 */
export const pmin = <T>(x: T, axisName: AxisNames): T => reduced('pmin', x, axisName, min)

/**
 * The x of all lanes along a new axis of every leaf, at `axis`; `tiled`: joined along an existing axis of x.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => lax.allGather(x, 'i'), 0, 0, { axisName: 'i' })(np.array([5, 7])) // => [[5, 7], [5, 7]]
 * ```
 */
export const allGather = <T>(
  x: T,
  axisName: string,
  ...options: AxisOptions<{ readonly axis?: number; readonly tiled?: boolean }>
): T => {
  const { axis = 0, tiled = false } = axisOptionsOf('allGather', 'axis tiled', options)
  return map((leaf) => {
    const t = toTensor(leaf as TensorLike)
    const all = lanes('allGather', t, axisName)
    if (!tiled) return moveAxis(all, 0, resolveAxis('allGather', axis, all.ndim))
    const at = resolveAxis('allGather', axis, t.ndim)
    return reshape(
      moveAxis(all, 0, at),
      t.shape.map((d, i) => (i === at ? -1 : d)),
    )
  }, x) as T
}

/**
 * x sent from lane to lane: `[from, to]` for each lane that sends. A lane that receives nothing has zeros.
 * @throws ShapeError where a lane does not exist, or sends or gets twice
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const shift = (x: Tensor) => lax.ppermute(x, 'i', [[0, 1], [1, 2]])
 * vmap(shift, 0, 0, { axisName: 'i' })(np.array([5, 6, 7])) // => [0, 5, 6]
 * ```
 */
export const ppermute = <T>(x: T, axisName: string, pairs: readonly (readonly [number, number])[]): T => {
  const { size } = requireAxis('ppermute', axisName)
  const [senders, getters] = [pairs.map(([from]) => from), pairs.map(([, to]) => to)]
  for (const [what, all] of [
    ['send', senders],
    ['get', getters],
  ] as const) {
    const wrong = all.find(
      (lane, i) => !Number.isInteger(lane) || lane < 0 || lane >= size || all.indexOf(lane) < i,
    )
    if (wrong !== undefined) {
      throw new ShapeError(
        `ppermute: lanes 0 to ${size - 1} that ${what} once are required, got lane ${wrong} of [${all.join(', ')}].`,
      )
    }
  }
  const lane = laneIndex({ axisName, size })
  const pick = (table: readonly number[], dtype: 'int32' | 'bool'): Tensor =>
    gather(array(table, { dtype }), [lane], [0])
  const everyLane = Array.from({ length: size }, (_, to) => getters.indexOf(to))
  const source = pick(
    everyLane.map((k) => (k < 0 ? 0 : senders[k])),
    'int32',
  )
  const gets = pick(
    everyLane.map((k) => (k < 0 ? 0 : 1)),
    'bool',
  )
  return map((leaf) => {
    const t = toTensor(leaf as TensorLike)
    const sent = gather(lanes('ppermute', t, axisName), [source], [0])
    return where(gets, sent, zerosLike(t))
  }, x) as T
}

/**
 * The number of this lane, int32, from 0.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => x.mul(lax.axisIndex('i')), 0, 0, { axisName: 'i' })(np.array([5, 6, 7])) // => [0, 6, 14]
 * ```
 */
export const axisIndex = (axisName: string): Tensor =>
  laneIndex({ axisName, size: requireAxis('axisIndex', axisName).size })

/**
 * The number of lanes of a named axis; the product of several.
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * vmap((x: Tensor) => x.mul(lax.axisSize('i')), 0, 0, { axisName: 'i' })(np.array([5, 6])) // => [10, 12]
 * ```
 */
export const axisSize = (axisName: AxisNames): number =>
  listed(axisName).reduce((n, name) => n * requireAxis('axisSize', name).size, 1)
