import { type Plain, toPlain, toTensor } from './plain.js'
import type { Point } from './trials.js'

/** A power of two, so that steps from short numbers are exact. */
const step = 2 ** -10

const moved = (xs: readonly Plain[], vs: readonly Plain[], h: number): readonly Plain[] =>
  xs.map((x, k) => ({ ...x, data: x.data.map((value, i) => value + h * vs[k].data[i]) }))

/** Arrays combined place by place. */
const combine = (
  f: (...xs: number[]) => number,
  ...arrays: readonly (readonly Plain[])[]
): readonly Plain[] =>
  arrays[0].map((first, k) => ({
    ...first,
    data: first.data.map((_, i) => f(...arrays.map((xs) => xs[k].data[i]))),
  }))

/**
 * The derivative of f at a point in direction v: central differences with steps h and h/2, extrapolated,
 * so that the error is of order h⁴.
 */
export const differences = ({ f, at }: Point, v: readonly Plain[]): readonly Plain[] => {
  const value = (h: number) => f(...moved(at, v, h).map(toTensor)).map(toPlain)
  const central = (h: number) => combine((high, low) => (high - low) / (2 * h), value(h), value(-h))
  return combine((coarse, fine) => (4 * fine - coarse) / 3, central(step), central(step / 2))
}

/** Σ aᵢ·bᵢ over several arrays. */
export const inner = (a: readonly Plain[], b: readonly Plain[]): number =>
  a.reduce((sum, x, k) => x.data.reduce((s, value, i) => s + value * b[k].data[i], sum), 0)

/** √Σ aᵢ² over several arrays. */
export const length = (a: readonly Plain[]): number => Math.sqrt(inner(a, a))
