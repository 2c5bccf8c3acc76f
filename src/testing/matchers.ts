import { array } from '../functions/numpy/array.js'
import { optionsOf } from '../graph/options.js'
import { Tensor } from '../graph/tensor.js'
import { type Tolerance, treeDifferences } from './compareTensors.js'

/** The result of a comparison, as vitest and jest take it. */
type Verdict = { readonly pass: boolean; readonly message: () => string }

type Nested = number | boolean | readonly Nested[]

/** The methods that these matchers add to an expectation; see `matchers`. */
export type TensorMatchers<R = unknown> = {
  /** Equal to the bit: NaN equals NaN, −0 does not equal 0. */
  toEqualTensor(expected: unknown): R
  /** |got − expected| ≤ atol + rtol·|expected|, as in NumPy. */
  toBeCloseToTensor(expected: unknown, tolerance?: Tolerance): R
}

const isNested = (x: unknown): x is Nested =>
  typeof x === 'number' || typeof x === 'boolean' || (Array.isArray(x) && x.every(isNested))

/** Beside one tensor, numbers and nested arrays stand for a tensor of its dtype. */
const beside = (got: unknown, expected: unknown): unknown =>
  got instanceof Tensor && isNested(expected) ? array(expected as number[], { dtype: got.dtype }) : expected

const verdict = (got: unknown, expected: unknown, tolerance: Tolerance | null): Verdict => {
  const differences = treeDifferences(got, beside(got, expected), tolerance)
  const wanted = tolerance === null ? 'equal' : 'close'
  return {
    pass: differences.length === 0,
    message: () =>
      differences.length === 0
        ? `tensors that are not ${wanted} are required, got ${wanted} ones`
        : `${wanted} tensors are required:\n${differences.map((d) => `  ${d}`).join('\n')}`,
  }
}

/**
 * Matchers for vitest, and for jest in its ESM mode: `expect.extend(matchers)`. They compare tensors, and trees of them, and say where
 * these differ and by how much. Types: `declare module 'vitest' { interface Matchers<T> extends TensorMatchers<T> {} }`.
 * @example
 * ```ts
 * import { np } from 'grad-ts'
 * import { matchers } from 'grad-ts/testing'
 * const { pass, message } = matchers.toBeCloseToTensor({ w: np.array([1, 2]) }, { w: np.array([1, 2.5]) })
 * pass // => false
 * message()
 * // => close tensors are required:
 * //    w: 1 of 2 elements differ: first 2 instead of 2.5 at [1], most 2 instead of 2.5 at [1] (0.500, relative 0.200)
 * ```
 */
export const matchers = {
  toEqualTensor: (got: unknown, expected: unknown): Verdict => verdict(got, expected, null),
  toBeCloseToTensor: (got: unknown, expected: unknown, tolerance?: Tolerance): Verdict =>
    verdict(got, expected, optionsOf('toBeCloseToTensor', 'rtol atol equalNan', tolerance)),
}
