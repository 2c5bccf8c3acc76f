import { optionsOf } from '../graph/options.js'
import { unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { fromHost } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'
import { mul } from '../ops/elementwise/arithmetic.js'
import { convert } from '../ops/elementwise/convert.js'
import { reduceSum } from '../ops/reductions/reduceSum.js'
import { jvp } from './jvp.js'
import { flattenTensors, type TensorTree } from './treeFunction.js'
import { vjp } from './vjp.js'

export type CheckGradsOptions = {
  /** The order of derivatives to check; 2 by default. */
  readonly order?: number
  readonly modes?: readonly ('forward' | 'reverse')[]
  /** Step of the central differences; 1e-5 by default. */
  readonly step?: number
  /** Largest error, relative to 1 + |value|; 1e-5 by default. */
  readonly tolerance?: number
}

const dot = (a: readonly Tensor[], b: readonly Tensor[]): number =>
  a.reduce((sum, x, i) => sum + reduceSum(mul(x, b[i]), [...x.shape.keys()]).item(), 0)

/** Deterministic directions in [−1, 1]. */
const direction = (like: TensorTree, salt: number): readonly Tensor[] =>
  like.leaves.map((x, k) =>
    fromHost(
      Float64Array.from({ length: x.size }, (_, i) =>
        Math.sin(12.9898 * (i + 1) + 78.233 * (k + 1) + 37.719 * salt),
      ),
      x.aval,
    ),
  )

/**
 * Compares forward and reverse derivatives with central differences in float64, to the given order.
 * Arguments are converted to float64 first.
 * @throws GradError naming mode, order, and the expected and actual values
 * @example
 * ```ts
 * import { checkGrads } from 'grad-ts/debug'
 *
 * checkGrads((x: Tensor) => np.sin(x).sum(), [np.array([0.1, 0.7])])
 * ```
 */
export const checkGrads = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  options?: CheckGradsOptions,
): void => {
  const {
    order = 2,
    modes = ['forward', 'reverse'],
    step = 1e-5,
    tolerance = 1e-5,
  } = optionsOf('checkGrads', 'order modes step tolerance', options)
  const given = flattenTensors(args)
  const xs = { ...given, leaves: given.leaves.map((t) => convert(t, 'float64')) }
  check(
    (...leaves) => flattenTensors(f(...unflatten<A>(given.def, leaves))).leaves,
    xs,
    order,
    modes,
    step,
    tolerance,
    '',
  )
}

type Flat = (...leaves: readonly Tensor[]) => readonly Tensor[]

const check = (
  f: Flat,
  xs: TensorTree,
  order: number,
  modes: readonly string[],
  step: number,
  tolerance: number,
  path: string,
): void => {
  if (order === 0) return
  const v = direction(xs, order)
  const shifted = (h: number) => f(...xs.leaves.map((x, i) => x.add(v[i].mul(h))))
  const high = shifted(step)
  const low = shifted(-step)
  const numeric = high.map((y, i) => y.sub(low[i]).div(2 * step))
  const w = direction({ ...xs, leaves: numeric }, order + 0.5)
  const expected = dot(numeric, w)
  const compare = (mode: string, got: number) => {
    if (!(Math.abs(got - expected) <= tolerance * (1 + Math.abs(expected)))) {
      throw new GradError(
        `checkGrads: ${mode} derivative ${expected} by differences is required, got ${got} at order ${path}${mode}.`,
      )
    }
  }
  if (modes.includes('forward')) {
    const [, tangents] = jvp(f, xs.leaves, v)
    compare('forward', dot(tangents, w))
    check((...leaves) => jvp(f, leaves, v)[1], xs, order - 1, modes, step, tolerance, `${path}forward-`)
  }
  if (modes.includes('reverse')) {
    const [, pull] = vjp(f, ...xs.leaves)
    compare('reverse', dot(pull(w), v))
    check((...leaves) => vjp(f, ...leaves)[1](w), xs, order - 1, modes, step, tolerance, `${path}reverse-`)
  }
}
